import type { AttestationResult, AttestationVerdict, Inclusion } from '../model/verdicts.ts';
import { storeError } from './store-errors.ts';

/**
 * A vote that is not perfect as one integer, two bytes in the usual case, because these are most of what is stored.
 * From the lowest bit: result 3, flags 3, slot in the epoch 6, distance 7, empty slots 7. The numbers of the words are
 * part of the file format.
 */
const RESULTS: Readonly<Record<AttestationResult, number>> = {
  perfect: 0,
  late: 1,
  wrong_head: 2,
  wrong_target: 3,
  wrong_source: 4,
  missed: 5,
  unknown: 6,
};
const WORDS = Object.keys(RESULTS) as AttestationResult[];
const SLOT_SHIFT = 6n;
const DISTANCE_SHIFT = 12n;
const EMPTY_SHIFT = 19n;
const SLOTS = 1n << 6n;
const DISTANCES = 1n << 7n;

/** A verdict as it is stored: without the messages, which are looked at when they come in. */
export interface StoredVote {
  readonly result: AttestationResult;
  /** Null where it is missed or unknown. */
  readonly inclusion: Omit<Inclusion, 'messages' | 'slot'> | null;
}

/** What needs no row: assigned, and nothing else to say. */
export const PERFECT: StoredVote = {
  result: 'perfect',
  inclusion: { distance: 1, optimalDistance: 1, source: true, target: true, head: true },
};

/** @throws MONITOR_RECORD_INVALID when a number is beyond what any chain has */
export function encodeVote({ result, inclusion, slot }: AttestationVerdict, firstSlot: bigint): bigint {
  const offset = slot - firstSlot;
  const distance = BigInt(inclusion?.distance ?? 0);
  const empty = distance - BigInt(inclusion?.optimalDistance ?? 0);
  if (
    offset < 0n ||
    offset >= SLOTS ||
    distance < 0n ||
    distance >= DISTANCES ||
    empty < 0n ||
    empty > distance
  )
    throw storeError('MONITOR_RECORD_INVALID', `a vote of slot ${slot.toString()} has impossible numbers`);
  const flags =
    inclusion === null
      ? 0
      : Number(inclusion.source) | (Number(inclusion.target) << 1) | (Number(inclusion.head) << 2);
  return (
    BigInt(RESULTS[result] | (flags << 3)) |
    (offset << SLOT_SHIFT) |
    (distance << DISTANCE_SHIFT) |
    (empty << EMPTY_SHIFT)
  );
}

export function decodeVote(code: bigint): StoredVote {
  const result = WORDS[Number(code & 7n)];
  if (result === undefined)
    throw storeError('MONITOR_DB_CORRUPT', `a vote has the unknown code ${code.toString()}`);
  const distance = Number((code >> DISTANCE_SHIFT) & (DISTANCES - 1n));
  if (distance === 0) return { result, inclusion: null };
  return {
    result,
    inclusion: {
      distance,
      optimalDistance: distance - Number(code >> EMPTY_SHIFT),
      source: (code & 8n) !== 0n,
      target: (code & 16n) !== 0n,
      head: (code & 32n) !== 0n,
    },
  };
}

/** The slot of a vote within its epoch. */
export const slotOffset = (code: bigint): bigint => (code >> SLOT_SHIFT) & (SLOTS - 1n);

/** SQL that leaves out the slot, so that equal votes can be counted. */
export const CODE_WITHOUT_SLOT = `(code & ~${((SLOTS - 1n) << SLOT_SHIFT).toString()})`;

/** Whether a verdict needs a row. */
export function isPerfect({ result, inclusion }: AttestationVerdict): boolean {
  return (
    result === 'perfect' &&
    inclusion !== null &&
    inclusion.distance === 1 &&
    inclusion.optimalDistance === 1 &&
    inclusion.source &&
    inclusion.target &&
    inclusion.head
  );
}
