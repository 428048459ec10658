import type { Root, Slot } from '../../core/units.ts';
import type { IncludedAttestation } from '../model/block-facts.ts';
import type { SlotSeats } from './slot-seats.ts';

/**
 * Why an aggregate cannot be read with the committees at hand. The chain took it, so it is the committees that are
 * wrong: another shuffling, or a node that is.
 */
export type UndecodableReason = 'unknown_committee' | 'wrong_length' | 'silent_committee';

export interface UndecodableAggregate {
  /** The block that has it, and its place there. */
  readonly blockSlot: Slot;
  readonly blockRoot: Root;
  readonly place: number;
  /** The slot that is voted for. */
  readonly slot: Slot;
  readonly reason: UndecodableReason;
}

/**
 * Whether the bits are those of these committees, one after the other (EIP-7549): their number is the sum of the sizes,
 * and somebody votes in each of them, which the specs demand of every aggregate in a block.
 */
export function undecodable(
  { committees, bits }: IncludedAttestation,
  seats: SlotSeats,
): UndecodableReason | null {
  let offset = 0;
  for (const committee of committees) {
    if (committee >= seats.committees) return 'unknown_committee';
    const end = offset + seats.sizeOf(committee);
    if (end > bits.length) return 'wrong_length';
    if (!anySet(bits, offset, end)) return 'silent_committee';
    offset = end;
  }
  return offset === bits.length && offset > 0 ? null : 'wrong_length';
}

function anySet(bits: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bits[at] === 1) return true;
  return false;
}

/**
 * Every watched validator whose bit is set, as its place among the watched ones of the slot. The aggregate must have
 * been found decodable.
 */
export function forEachVoter(
  { committees, bits }: IncludedAttestation,
  seats: SlotSeats,
  found: (place: number) => void,
): void {
  let offset = 0;
  for (const committee of committees) {
    const last = seats.firstOf[committee + 1] ?? 0;
    for (let place = seats.firstOf[committee] ?? 0; place < last; place += 1) {
      if (bits[offset + (seats.positions[place] ?? 0)] === 1) found(place);
    }
    offset += seats.sizeOf(committee);
  }
}

/** Notes in one byte per member of the slot, committee after committee, who votes in a decodable aggregate. */
export function noteVoters(
  { committees, bits }: IncludedAttestation,
  seats: SlotSeats,
  voted: Uint8Array,
): void {
  let offset = 0;
  for (const committee of committees) {
    const start = seats.starts[committee] ?? 0;
    const end = seats.starts[committee + 1] ?? 0;
    for (let at = start; at < end; at += 1, offset += 1) {
      if (bits[offset] === 1) voted[at] = 1;
    }
  }
}
