import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Pubkey } from '../../core/units.ts';
import type { KeyStatus } from '../guard-contract.ts';
import type { Protection } from '../key-controls.ts';
import type { AttestationMessage, BlockMessage } from '../message.ts';
import { MAX_STORABLE } from '../rules/check-time.ts';
import type { Storage } from '../storage/storage-port.ts';
import { firstSlot, judgeSeen, MARGIN_SLOTS, type Judged } from './judge-seen.ts';
import { dutyOf, slotDuty, targetDuty, type ActRecord, type SignedRecord } from './records-search.ts';

/** A message with a valid signature of a key, seen somewhere: in a block for one. */
export type SeenMessage = (BlockMessage | AttestationMessage) & { readonly pubkey: Pubkey };

/**
 * `signed`: it is on record here. `not_signed`: it is not, though it would be, and the key was this signer's.
 * `elsewhere`: it was not signed here, where the key was not at home at that time. `unknown`: the records of that time
 * are not complete.
 */
export const SEEN_VERDICTS = ['signed', 'not_signed', 'elsewhere', 'unknown'] as const;
export type SeenVerdict = (typeof SEEN_VERDICTS)[number];

export interface LookedUp extends Judged {
  /** What was signed here for the same slot or target, oldest first. */
  readonly recorded: readonly SignedRecord[];
  readonly status: KeyStatus;
}

export interface SeenReport {
  /** In the order asked for. */
  readonly messages: readonly LookedUp[];
  /** Time of the oldest record from which on none was removed, Unix milliseconds; null when there is none. */
  readonly sinceMs: bigint | null;
  /** Older ones were removed by retention. */
  readonly pruned: boolean;
}

interface Modules {
  readonly spec: ChainSpec;
  readonly storage: Pick<Storage, 'search'>;
  readonly statusOf: (pubkey: Pubkey) => KeyStatus;
  readonly protection: () => Protection;
}

/** What the records say of messages that were seen. For who wants to know: permission never asks here. */
export async function lookUp(
  { spec, storage, statusOf, protection }: Modules,
  messages: readonly SeenMessage[],
): Promise<SeenReport> {
  const { signed, acts, oldestMs, pruned } = await storage.search(searchFor(spec, messages));
  const recordsOf = Map.groupBy(signed.toReversed(), dutyOfRecord);
  const actsOf = Map.groupBy(acts, ({ pubkey }) => pubkey);
  const onAll = actsOf.get(null) ?? [];
  const looked = messages.map((message): LookedUp => {
    const recorded = recordsOf.get(dutyOf(message.pubkey, message)) ?? [];
    const about: readonly ActRecord[] = [...onAll, ...(actsOf.get(message.pubkey) ?? [])];
    const status = statusOf(message.pubkey);
    const evidence = { spec, status, protection: protection(), recorded, acts: about, oldestMs, pruned };
    return { ...judgeSeen(message, evidence), recorded, status };
  });
  return { messages: looked, sinceMs: oldestMs, pruned };
}

function searchFor(spec: ChainSpec, messages: readonly SeenMessage[]) {
  const slots = messages.flatMap((message) => (message.kind === 'block' ? [message.slot] : []));
  const targets = messages.flatMap((message) => (message.kind === 'attestation' ? [message.target] : []));
  const first = messages
    .map((message) => firstSlot(spec, message))
    .reduce((one, other) => (one < other ? one : other), MAX_STORABLE);
  return {
    pubkeys: [...new Set(messages.map(({ pubkey }) => pubkey))],
    duties: new Set(messages.map((message) => dutyOf(message.pubkey, message))),
    slots: rangeOf(slots),
    targets: rangeOf(targets),
    sinceMs: spec.genesisTimeSeconds * 1000n + (first - MARGIN_SLOTS) * BigInt(spec.slotDurationMs),
  };
}

/** Of what a column can hold: nothing else was ever signed. */
function rangeOf(values: readonly bigint[]): readonly [bigint, bigint] | null {
  const storable = values.filter((value) => value <= MAX_STORABLE);
  const [any] = storable;
  if (any === undefined) return null;
  return [
    storable.reduce((one, other) => (one < other ? one : other), any),
    storable.reduce((one, other) => (one > other ? one : other), any),
  ];
}

const dutyOfRecord = ({ pubkey, slot, target }: SignedRecord): string =>
  slot === null ? targetDuty(pubkey, target ?? 0n) : slotDuty(pubkey, slot);
