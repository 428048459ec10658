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

/** The keys of one signer, where others have theirs in the same database; null: all in the database are its own. */
export type OwnKeys = (() => readonly Pubkey[] | Promise<readonly Pubkey[]>) | null;

type Perform<Name extends ActName> = (
  guard: Guard,
  body: ActBody<Name>,
  act: Act,
  ownKeys: OwnKeys,
) => Promise<ActResult>;

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
  'handover': async (guard, body, act, ownKeys) => {
    const keys = parseKeys(body.pubkeys);
    const wanted = keys === 'all' ? await activeKeys(guard, ownKeys) : keys;
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
 * @param ownKeys what "all" means where keys leave this signer for ever; to freeze or thaw all is for all signers
 * @throws ACT_INVALID and what the act throws; then nothing was changed
 */
export async function performAct(
  guard: Guard,
  name: ActName,
  body: unknown,
  caller: string,
  ownKeys: OwnKeys = null,
): Promise<ActResult> {
  const result = ACT_BODIES[name].safeParse(body);
  if (!result.success) throw invalid(result.error);
  const { by, reason } = result.data;
  const act = { by: by === undefined ? caller : `${by} (${caller})`, reason };
  const perform = PERFORM[name] as (...args: [Guard, unknown, Act, OwnKeys]) => Promise<ActResult>;
  return perform(guard, result.data, act, ownKeys);
}

async function activeKeys(guard: Guard, ownKeys: OwnKeys): Promise<Pubkey[]> {
  const own = ownKeys === null ? null : new Set(await ownKeys());
  return guard
    .listKeys()
    .filter(({ state, pubkey }) => state === 'active' && (own === null || own.has(pubkey)))
    .map(({ pubkey }) => pubkey);
}

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
