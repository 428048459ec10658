import { dayOfSlot, daysOf, firstSlotFrom, msOfSlot, slotsOfDay, startOfDay } from '../period.ts';
import type { LedgerChain, SlotRange } from './ledger-port.ts';

/**
 * The days of a ledger: UTC days, or periods of so many epochs from genesis on, each named by the UTC day in which it
 * begins. A ledger says which in its chain.
 */
const EPOCHS = /^epochs:([1-9]\d{0,8})$/;
const MS_PER_DAY = 86_400_000n;

/** Slots of one period; null where days are UTC days. */
export function periodSlots({ ledgerDay, slotsPerEpoch }: LedgerChain): bigint | null {
  const epochs = EPOCHS.exec(ledgerDay ?? '')?.[1];
  return epochs === undefined ? null : BigInt(epochs) * slotsPerEpoch;
}

/** Whether splits know the calendar: time zones have days that are no period of epochs and no UTC day. */
export const isSplitCalendar = (name: string): boolean => name === 'utc' || EPOCHS.test(name);

/** Every ledger day that the range touches, in order. */
export function ledgerDaysOf(range: SlotRange, chain: LedgerChain): string[] {
  const slots = periodSlots(chain);
  if (slots === null) return daysOf(range, chain);
  const days: string[] = [];
  for (let start = range.startSlot - (range.startSlot % slots); start <= range.endSlot; start += slots)
    days.push(dayOfSlot(start, chain));
  return days;
}

/** The slots of one ledger day that are in the range; none when there is no such day. */
export function slotsOfLedgerDay(day: string, range: SlotRange, chain: LedgerChain): SlotRange {
  const slots = periodSlots(chain);
  if (slots === null) return slotsOfDay(day, range, chain);
  const midnight = startOfDay(day) ?? 0n;
  const first = firstSlotFrom(midnight, chain);
  const start = ((first + slots - 1n) / slots) * slots;
  const end = msOfSlot(start, chain) < midnight + MS_PER_DAY ? start + slots - 1n : start - 1n;
  return {
    startSlot: start > range.startSlot ? start : range.startSlot,
    endSlot: end < range.endSlot ? end : range.endSlot,
  };
}

/** A range with all of the ledger days that it touches: rows cannot be cut. */
export const wholeLedgerDays = ({ startSlot, endSlot }: SlotRange, chain: LedgerChain): SlotRange => ({
  startSlot: dayAround(startSlot, chain).startSlot,
  endSlot: dayAround(endSlot, chain).endSlot,
});

/** The period of whole ledger days that is nearest to a range, as `--period` takes it. */
export function nearestPeriod({ startSlot, endSlot }: SlotRange, chain: LedgerChain): string {
  const first = nearestStart(startSlot, chain);
  let next = nearestStart(endSlot + 1n, chain);
  if (next <= first) next = startAfter(first, chain);
  const slots = periodSlots(chain);
  if (slots !== null) return `epochs:${first / chain.slotsPerEpoch}..${next / chain.slotsPerEpoch - 1n}`;
  return `${dayOfSlot(first, chain)}..${dayOfSlot(next - 1n, chain)}`;
}

const ANY: SlotRange = { startSlot: 0n, endSlot: 2n ** 63n - 1n };

function dayAround(slot: bigint, chain: LedgerChain): SlotRange {
  const slots = periodSlots(chain);
  if (slots === null) return slotsOfDay(dayOfSlot(slot, chain), ANY, chain);
  const startSlot = slot - (slot % slots);
  return { startSlot, endSlot: startSlot + slots - 1n };
}

function nearestStart(slot: bigint, chain: LedgerChain): bigint {
  const { startSlot, endSlot } = dayAround(slot, chain);
  return slot - startSlot <= endSlot + 1n - slot ? startSlot : endSlot + 1n;
}

const startAfter = (slot: bigint, chain: LedgerChain): bigint => dayAround(slot, chain).endSlot + 1n;
