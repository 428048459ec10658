import type { z } from 'zod';
import { describeIssue } from '../../core/json/describe-issue.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { epoch, parsePubkey, type Pubkey } from '../../core/units.ts';
import { decodeReceipt, encodeReceipt, type Act, type Guard } from '../../slashing-db/index.ts';
import { signerError } from '../errors.ts';
import { ACT_BODIES, type ActBody, type ActName } from './act-bodies.ts';

/** What an act answers. */
export interface ActResult {
  /** How many keys it changed; null: all of them. */
  readonly keys: number | null;
  /** Of a hand-over: the text to carry to the next signer. */
  readonly receipt?: string;
}

type Perform<Name extends ActName> = (guard: Guard, body: ActBody<Name>, act: Act) => Promise<ActResult>;

const PERFORM: { readonly [Name in ActName]: Perform<Name> } = {
  'freeze': async ({ operator }, { pubkeys }, act) => {
    const keys = parseKeys(pubkeys);
    await operator.freeze(keys, act);
    return counted(keys);
  },
  'unfreeze': async ({ operator }, { pubkeys }, act) => {
    const keys = parseKeys(pubkeys);
    await operator.unfreeze(keys, act);
    return counted(keys);
  },
  'handover': async (guard, body, act) => {
    const keys = parseKeys(body.pubkeys);
    const wanted = keys === 'all' ? activeKeys(guard) : keys;
    if (wanted.length === 0) throw signerError('ACT_INVALID', 'there is no active key to hand over');
    const outEpoch = epoch(parseUint64(body.out_epoch, 'out_epoch'));
    const receipt = await guard.operator.handOver(wanted, outEpoch, act);
    return { keys: wanted.length, receipt: encodeReceipt(receipt) };
  },
  'takeover': async ({ operator }, body, act) => {
    const receipt = decodeReceipt(body.receipt);
    await operator.takeOver(receipt, act);
    return { keys: receipt.pubkeys.length };
  },
  'override-floor': async ({ operator }, body, act) => {
    const source = epoch(parseUint64(body.source_epoch, 'source_epoch'));
    await operator.overrideFloor(parsePubkey(body.pubkey, 'pubkey'), source, act);
    return { keys: 1 };
  },
};

/**
 * Does one act of the admin API, durable and on record when it resolves.
 * @param caller who is known to ask; what the body says of it is added
 * @throws ACT_INVALID and what the act throws; then nothing was changed
 */
export async function performAct(
  guard: Guard,
  name: ActName,
  body: unknown,
  caller: string,
): Promise<ActResult> {
  const result = ACT_BODIES[name].safeParse(body);
  if (!result.success) throw invalid(result.error);
  const { by, reason } = result.data;
  const act = { by: by === undefined ? caller : `${by} (${caller})`, reason };
  const perform = PERFORM[name] as (guard: Guard, body: unknown, act: Act) => Promise<ActResult>;
  return perform(guard, result.data, act);
}

const activeKeys = (guard: Guard): Pubkey[] =>
  guard
    .listKeys()
    .filter(({ state }) => state === 'active')
    .map(({ pubkey }) => pubkey);

const parseKeys = (pubkeys: 'all' | readonly string[]): Pubkey[] | 'all' =>
  pubkeys === 'all'
    ? 'all'
    : [...new Set(pubkeys.map((text, index) => parsePubkey(text, `pubkeys[${index}]`)))];

const counted = (keys: readonly Pubkey[] | 'all'): ActResult => ({
  keys: keys === 'all' ? null : keys.length,
});

function invalid(error: z.ZodError): Error {
  return signerError('ACT_INVALID', describeIssue(error.issues[0]));
}
