import { PublicKey, Signature, verify } from '@chainsafe/blst';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../core/hex.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { databasePath } from '../../../../signer/data-directory.ts';
import { readDatabaseStatus } from '../../../../slashing-db/index.ts';
import { attestation, bytes } from '../../../support/signer-bodies.ts';
import { JSON_HEADERS, json, send } from '../../../support/signer-client.ts';
import { startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';

interface Item {
  readonly identifier: string;
  readonly signature?: string;
  readonly error?: { code: number; reason: string; message: string; hint: string };
}

const PATH = '/api/v1/eth2/sign';
const ask = (signer: SignerFixture, body: unknown) =>
  send(signer.url, PATH, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) });
const batch = async (
  signer: SignerFixture,
  identifiers: readonly string[],
  request: unknown,
): Promise<Item[]> => {
  const answer = await ask(signer, { identifiers, signing_request: request });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Item[];
};
const commits = ({ dataDir }: SignerFixture): bigint => readDatabaseStatus(databasePath(dataDir)).sequence;

describe('a batch', () => {
  it('is answered key by key in order, with one root and one commit for all', async () => {
    const signer = await startSignerFixture({ keys: 12 });
    const identifiers = [...signer.pubkeys].reverse();
    const before = commits(signer);
    const items = await batch(signer, identifiers, attestation(53n, 54n));
    expect(commits(signer)).toBe(before + 1n);
    expect(items.map(({ identifier }) => identifier)).toEqual(identifiers);
    const one = await send(signer.url, `${PATH}/${signer.pubkey}`, {
      method: 'POST',
      headers: JSON_HEADERS,
      body: JSON.stringify(attestation(53n, 54n)),
    });
    expect(items.find(({ identifier }) => identifier === signer.pubkey)?.signature).toBe(
      json(one)['signature'],
    );
    // The same root under each key.
    const signingRoot = signer.guard.statusOf(signer.pubkey).attestation?.signingRoot;
    for (const { identifier, signature = '0x' } of items) {
      const good = verify(
        bytesOf(signingRoot!),
        PublicKey.fromBytes(bytesOf(identifier as Pubkey)),
        Signature.fromBytes(fromHex(signature, 'signature')),
      );
      expect(good).toBe(true);
    }
  });

  it('says of each key alone why it has no signature', async () => {
    const signer = await startSignerFixture({ keys: 3 });
    const [first = '', second = '', third = ''] = signer.pubkeys as readonly string[];
    await batch(signer, [second], attestation(53n, 54n, { head: bytes(32) }));
    await signer.guard.operator.freeze([signer.pubkeys[2]!], { by: 'tester', reason: 'a test' });
    const unknown = bytes(48);
    const items = await batch(signer, [first, second, third, unknown, '0x12'], attestation(53n, 54n));
    expect(
      items.map(({ signature, error }) => [signature !== undefined, error?.code, error?.reason]),
    ).toEqual([
      [true, undefined, undefined],
      [false, 412, 'DOUBLE_VOTE'],
      [false, 412, 'KEY_FROZEN'],
      [false, 404, 'UNKNOWN_KEY'],
      [false, 400, 'MALFORMED_IDENTIFIER'],
    ]);
    expect(items[4]?.error?.message).toBe('identifiers[4] is not a BLS public key');
  });

  it.each([
    ['no identifiers', { identifiers: [], signing_request: attestation(53n, 54n) }],
    ['too many', { identifiers: Array(7501).fill('0x'), signing_request: attestation(53n, 54n) }],
    ['identifiers that are no texts', { identifiers: [1], signing_request: attestation(53n, 54n) }],
    ['no request', { identifiers: [bytes(48)] }],
    ['a member that nobody knows', { identifiers: [bytes(48)], signing_request: {}, force: true }],
    ['a message that is none', { identifiers: [bytes(48)], signing_request: { type: 'ATTESTATION' } }],
    ['a list', []],
  ])('of %s is refused whole', async (_what, body) => {
    const signer = await startSignerFixture();
    const before = commits(signer);
    const answer = await ask(signer, body);
    expect(answer.status).toBe(400);
    expect(json(answer)).toMatchObject({
      code: expect.any(String) as string,
      hint: expect.any(String) as string,
    });
    expect(commits(signer)).toBe(before);
  });

  it('with one key twice signs the same message twice', async () => {
    const signer = await startSignerFixture();
    const [one, two] = await batch(signer, [signer.pubkey, signer.pubkey], attestation(53n, 54n));
    expect(one?.signature).toBeDefined();
    expect(two?.signature).toBe(one?.signature);
  });
});
