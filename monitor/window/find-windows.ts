import { slot, type Slot } from '../../core/units.ts';
import type { KnownDuties } from './known-duties.ts';

/** Both ends included. */
export interface SlotWindow {
  readonly startSlot: Slot;
  readonly endSlot: Slot;
}

export interface MaintenanceWindows {
  readonly nowSlot: Slot;
  /** The first slot that nothing is promised of. */
  readonly certainUntil: Slot;
  /** Without proposals and sync committee duty; votes are due in them. In order. */
  readonly windows: readonly SlotWindow[];
  /** Without any duty. */
  readonly quiet: readonly SlotWindow[];
  /** Without votes, whatever else is due. */
  readonly betweenAttestations: readonly SlotWindow[];
}

/**
 * The stretches in which less can be lost, as far as the chain has decided. A duty takes the whole of its slot.
 * @param horizon nobody looks further than this slot, which is not included
 */
export function findWindows(duties: KnownDuties, horizon: Slot | null = null): MaintenanceWindows {
  const { nowSlot } = duties;
  const certainUntil = earliest(duties.proposalsUntil, duties.syncUntil, horizon);
  const votesUntil = earliest(duties.attestationsUntil, certainUntil);
  const single = (each: { readonly slot: Slot }): SlotWindow => ({
    startSlot: each.slot,
    endSlot: each.slot,
  });
  const rare = [...duties.proposals, ...duties.expectedProposals].map(single).concat(duties.sync);
  const votes = duties.attestations.map(single);
  return {
    nowSlot,
    certainUntil,
    windows: freeStretches(nowSlot, certainUntil, rare),
    quiet: freeStretches(nowSlot, votesUntil, [...rare, ...votes]),
    betweenAttestations: freeStretches(nowSlot, earliest(duties.attestationsUntil, horizon), votes),
  };
}

/** What is left of the slots from `from` to before `until`, in order. */
export function freeStretches(from: Slot, until: Slot, taken: readonly SlotWindow[]): SlotWindow[] {
  const free: SlotWindow[] = [];
  let next: bigint = from;
  for (const { startSlot, endSlot } of taken.toSorted((a, b) => Number(a.startSlot - b.startSlot))) {
    if (startSlot >= until) break;
    if (startSlot > next) free.push({ startSlot: slot(next), endSlot: slot(startSlot - 1n) });
    if (endSlot + 1n > next) next = endSlot + 1n;
  }
  if (next < until) free.push({ startSlot: slot(next), endSlot: slot(until - 1n) });
  return free;
}

/** The first of the longest; null when there is none. */
export function longestOf(windows: readonly SlotWindow[]): SlotWindow | null {
  let longest: SlotWindow | null = null;
  for (const window of windows) if (longest === null || slotsIn(window) > slotsIn(longest)) longest = window;
  return longest;
}

export const slotsIn = ({ startSlot, endSlot }: SlotWindow): bigint => endSlot - startSlot + 1n;

function earliest(first: Slot, ...others: readonly (Slot | null)[]): Slot {
  return others.reduce<Slot>((least, each) => (each !== null && each < least ? each : least), first);
}
