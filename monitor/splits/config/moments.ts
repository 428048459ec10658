import type { LedgerChain } from '../ledger/ledger-port.ts';
import { firstSlotFrom } from '../period.ts';
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

/** Slots from `from` up to and without `to`; null is open. */
export interface SlotSpan {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

export const slotSpan = ({ from, to }: Span, chain: LedgerChain): SlotSpan => ({
  from: from === null ? null : slotOf(from, chain),
  to: to === null ? null : slotOf(to, chain),
});
