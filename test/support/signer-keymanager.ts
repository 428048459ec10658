import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';
import { json, JSON_HEADERS, send, type Answer } from './signer-client.ts';
import { PASSWORD, type SignerFixture } from './signer-fixture.ts';
import { NETWORK } from './signer-network.ts';

export const KEYSTORES = '/eth/v1/keystores';

export interface ItemStatus {
  readonly status: string;
  readonly message: string;
}

/** One call of the keymanager API with the signer's own token, unless another is given. */
export function callKeymanager(
  signer: SignerFixture,
  method: string,
  body?: unknown,
  authorization = `Bearer ${signer.token}`,
): Promise<Answer> {
  const headers = { ...JSON_HEADERS, authorization };
  return send(signer.url, KEYSTORES, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** The items of the answer; anything but a 200 is a failure of the test. */
export async function itemsOf(call: Promise<Answer>): Promise<ItemStatus[]> {
  const answer = await call;
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return (json(answer) as unknown as { data: ItemStatus[] }).data;
}

export const statusesOf = async (call: Promise<Answer>): Promise<string[]> =>
  (await itemsOf(call)).map(({ status }) => status);

/** A keystore as the API wants it: JSON text. */
export async function newKeystore(password = PASSWORD) {
  const { keystore, pubkey } = await cheapKeystore(password);
  return { pubkey, keystore, text: JSON.stringify(keystore) };
}

export interface History {
  readonly pubkey: string;
  readonly slot?: string;
  readonly vote?: readonly [source: string, target: string];
}

/** An EIP-3076 document as text. */
export const interchange = (
  histories: readonly History[],
  metadata: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    metadata: {
      interchange_format_version: '5',
      genesis_validators_root: NETWORK.genesisValidatorsRoot,
      ...metadata,
    },
    data: histories.map(({ pubkey, slot, vote }) => ({
      pubkey,
      signed_blocks: slot === undefined ? [] : [{ slot }],
      signed_attestations: vote === undefined ? [] : [{ source_epoch: vote[0], target_epoch: vote[1] }],
    })),
  });
