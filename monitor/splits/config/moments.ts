import type { LedgerChain } from '../ledger/ledger-port.ts';
import { dayOfMs, dayOfSlot, firstSlotFrom } from '../period.ts';
import type { Moment, Span } from './pool.ts';

/** Null when one is a time and the other an epoch: which is later depends on the chain. */
export function laterThan(a: Moment, b: Moment): boolean | null {
  if (a.kind === 'time' && b.kind === 'time') return a.ms > b.ms;
  if (a.kind === 'epoch' && b.kind === 'epoch') return a.epoch > b.epoch;
  return null;
}

/** The first slot of or after a moment. */
export const slotOf = (moment: Moment, chain: LedgerChain): bigint =>
  moment.kind === 'epoch' ? moment.epoch * chain.slotsPerEpoch : firstSlotFrom(moment.ms, chain);

/** The slot in which something happened: of a time late in its UTC day, not the first slot of the next. */
export function slotOfEvent(moment: Moment, chain: LedgerChain): bigint {
  const slot = slotOf(moment, chain);
  const nextDay = moment.kind === 'time' && slot > 0n && dayOfSlot(slot, chain) > dayOfMs(moment.ms);
  return nextDay && dayOfSlot(slot - 1n, chain) === dayOfMs(moment.ms) ? slot - 1n : slot;
}

/** Slots from `from` up to and without `to`; null is open. */
export interface SlotSpan {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

export const slotSpan = ({ from, to }: Span, chain: LedgerChain): SlotSpan => ({
  from: from === null ? null : slotOf(from, chain),
  to: to === null ? null : slotOf(to, chain),
});
