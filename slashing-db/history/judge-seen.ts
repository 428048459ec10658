import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch, type Epoch } from '../../core/units.ts';
import { isSameKnownRoot } from '../rules/known-root.ts';
import type { SeenMessage, SeenVerdict } from './look-up.ts';
import type { KeyStatus } from '../guard-contract.ts';
import type { Protection } from '../key-controls.ts';
import type { ActRecord, FoundRecords, SignedRecord } from './records-search.ts';

/** Everything that is known about the duty of a message. */
export interface SeenEvidence {
  readonly spec: ChainSpec;
  readonly status: KeyStatus;
  readonly protection: Protection;
  /** What was signed for the same duty. */
  readonly recorded: readonly SignedRecord[];
  /** On the key or on the whole database, oldest first. */
  readonly acts: readonly ActRecord[];
  readonly oldestMs: FoundRecords['oldestMs'];
  readonly pruned: boolean;
}

export interface Judged {
  readonly verdict: SeenVerdict;
  /** In words; null where the verdict says it all. */
  readonly why: string | null;
}

/** How far the clock of a signature may be from the time of its duty: the widest tolerance there is. */
export const MARGIN_SLOTS = 32n;

/**
 * Whether this database let a message out. It errs to one side: `not_signed`, which accuses somebody else of having the
 * key, is said only where every signature of that time would be on record and the key was this signer's to use. In doubt
 * it is `unknown` or `elsewhere`.
 */
export function judgeSeen(message: SeenMessage, evidence: SeenEvidence): Judged {
  const { recorded, status } = evidence;
  if (recorded.some(({ signingRoot }) => isSameKnownRoot(signingRoot, message.signingRoot))) return SIGNED;
  if (isWatermark(message, status)) return SIGNED;
  if (recorded.length > 0) {
    return { verdict: 'not_signed', why: 'another message was signed for the same duty' };
  }
  if (status.state === 'unknown') return elsewhere('this key was never admitted here');
  const gap = incomplete(message, evidence);
  if (gap !== null) return { verdict: 'unknown', why: gap };
  const holder = notOurs(message, evidence);
  return holder === null ? { verdict: 'not_signed', why: null } : elsewhere(holder);
}

const SIGNED: Judged = { verdict: 'signed', why: null };
const elsewhere = (why: string): Judged => ({ verdict: 'elsewhere', why });

/** The highest message of a key is known without its record: it may have come with an import. */
function isWatermark(message: SeenMessage, { block, attestation }: KeyStatus): boolean {
  if (message.kind === 'block') {
    return block?.slot === message.slot && isSameKnownRoot(block.signingRoot, message.signingRoot);
  }
  return (
    attestation?.source === message.source &&
    attestation.target === message.target &&
    isSameKnownRoot(attestation.signingRoot, message.signingRoot)
  );
}

/** Why a signature for it may have left without being on record now, or null. */
function incomplete(message: SeenMessage, evidence: SeenEvidence): string | null {
  const { spec, acts, oldestMs, pruned, protection } = evidence;
  const first = firstSlot(spec, message);
  if (oldestMs === null) return 'there are no records';
  if (first <= slotAt(spec, oldestMs) + (pruned ? MARGIN_SLOTS : 0n)) return 'it is older than the records';
  if (protection.floorOwed !== null) return 'records may be lost';
  // What lies below the boot floor may have been signed and lost.
  if (protection.floor !== null && isAtOrBelow(message, protection.floor)) {
    return 'records of that time may be lost';
  }
  const misled = acts.some(
    ({ type, timeMs }) => type === 'accept-clock' && first <= slotAt(spec, timeMs) + MARGIN_SLOTS,
  );
  return misled ? 'the clock was wrong at that time' : null;
}

/** Why somebody else may have signed it with every right, or null. */
function notOurs(message: SeenMessage, { spec, acts, status }: SeenEvidence): string | null {
  const first = firstSlot(spec, message);
  const last = lastSlot(spec, message);
  const { outEpoch, state } = status;
  if (outEpoch !== null && epochOf(spec, message) >= outEpoch) return `handed over at epoch ${outEpoch}`;
  for (const { type, pubkey, timeMs, target, ...act } of acts) {
    const by = slotAt(spec, timeMs);
    if (type === 'admit-key' && first <= by) return 'the key came here later';
    if (type === 'takeover' && target !== null && epochOf(spec, message) < target) {
      return `taken over at epoch ${target}`;
    }
    if (type === 'floor' && isAtOrBelow(message, { ...act, target })) return 'the key came here later';
    // Nothing tells which keys they brought history of, nor from when.
    if (type === 'import-interchange' && first <= by) return 'history was imported later';
    if (type === 'copy-database' && first <= by) return 'another database was copied into this one later';
    if (type === 'delete-key' && pubkey !== null && state === 'deleted' && last >= by) return 'deleted here';
  }
  return state === 'deleted' && !acts.some(({ type }) => type === 'delete-key') ? 'deleted here' : null;
}

function isAtOrBelow(message: SeenMessage, floor: Pick<ActRecord, 'slot' | 'target'>): boolean {
  if (message.kind === 'block') return floor.slot !== null && message.slot <= floor.slot;
  return floor.target !== null && message.target <= floor.target;
}

/** The first slot that it may have been signed in. */
export const firstSlot = (spec: ChainSpec, message: SeenMessage): bigint =>
  message.kind === 'block' ? message.slot : startSlotOfEpoch(spec, message.target);

const lastSlot = (spec: ChainSpec, message: SeenMessage): bigint =>
  message.kind === 'block' ? message.slot : startSlotOfEpoch(spec, epoch(message.target + 1n)) - 1n;

const epochOf = (spec: ChainSpec, message: SeenMessage): Epoch =>
  message.kind === 'block' ? epoch(message.slot / spec.slotsPerEpoch) : message.target;

function slotAt(spec: ChainSpec, timeMs: bigint): bigint {
  const since = timeMs - spec.genesisTimeSeconds * 1000n;
  return since < 0n ? -1n : since / BigInt(spec.slotDurationMs);
}
