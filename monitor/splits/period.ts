import type { LedgerChain, SlotRange } from './ledger/ledger-port.ts';
import { splitsError } from './splits-errors.ts';

/** A range of slots with the name it was asked for by. */
export interface Period extends SlotRange {
  readonly label: string;
}

const MS_PER_DAY = 86_400_000n;
const MONTH = /^(\d{4})-(\d{2})$/;
const DAYS = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/;
const EPOCHS = /^epochs:(0|[1-9]\d{0,17})\.\.(0|[1-9]\d{0,17})$/;

/**
 * Days are UTC and cut to the slot: the first slot of a day is the first that starts at or after midnight.
 * @throws PERIOD_INVALID
 */
export function parsePeriod(text: string, chain: LedgerChain): Period {
  const range = slotsOf(text, chain);
  if (range.startSlot > range.endSlot) throw splitsError('PERIOD_INVALID', `the period ${text} has no slots`);
  return { label: text, ...range };
}

function slotsOf(text: string, chain: LedgerChain): SlotRange {
  const month = MONTH.exec(text);
  if (month !== null) {
    const [year, number] = [Number(month[1]), Number(month[2])];
    if (number < 1 || number > 12) throw splitsError('PERIOD_INVALID', `there is no month ${text}`);
    return between(Date.UTC(year, number - 1, 1), Date.UTC(year, number, 1), chain);
  }
  const days = DAYS.exec(text);
  if (days !== null) {
    const first = startOfDay(days[1] ?? '');
    const last = startOfDay(days[2] ?? days[1] ?? '');
    if (first === null || last === null) throw splitsError('PERIOD_INVALID', `${text} names no day`);
    return between(Number(first), Number(last + MS_PER_DAY), chain);
  }
  const epochs = EPOCHS.exec(text);
  if (epochs !== null) {
    return {
      startSlot: BigInt(epochs[1] ?? 0) * chain.slotsPerEpoch,
      endSlot: (BigInt(epochs[2] ?? 0) + 1n) * chain.slotsPerEpoch - 1n,
    };
  }
  throw splitsError('PERIOD_INVALID', `"${text}" is not a period`);
}

const between = (startMs: number, endMs: number, chain: LedgerChain): SlotRange => ({
  startSlot: firstSlotFrom(BigInt(startMs), chain),
  endSlot: firstSlotFrom(BigInt(endMs), chain) - 1n,
});

/** The first slot that starts at or after a moment in Unix milliseconds; slot 0 for anything before genesis. */
export function firstSlotFrom(ms: bigint, chain: LedgerChain): bigint {
  const since = ms - chain.genesisTimeSeconds * 1000n;
  return since <= 0n ? 0n : (since + chain.slotDurationMs - 1n) / chain.slotDurationMs;
}

/** Unix milliseconds of UTC midnight, or null when there is no such day (2026-02-30). */
export function startOfDay(day: string): bigint | null {
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day) ? null : BigInt(ms);
}

export const msOfSlot = (slot: bigint, chain: LedgerChain): bigint =>
  chain.genesisTimeSeconds * 1000n + slot * chain.slotDurationMs;

/** The UTC day in which a slot starts. */
export const dayOfSlot = (slot: bigint, chain: LedgerChain): string => dayOfMs(msOfSlot(slot, chain));

export const dayOfMs = (ms: bigint): string => new Date(Number(ms)).toISOString().slice(0, 10);

/** Every UTC day that the range touches, in order. */
export function daysOf(range: SlotRange, chain: LedgerChain): string[] {
  const days: string[] = [];
  const last = dayOfSlot(range.endSlot, chain);
  for (let ms = startOfDay(dayOfSlot(range.startSlot, chain)) ?? 0n; ; ms += MS_PER_DAY) {
    const day = dayOfMs(ms);
    days.push(day);
    if (day >= last) return days;
  }
}

/** The slots of one UTC day that are in the range. */
export function slotsOfDay(day: string, range: SlotRange, chain: LedgerChain): SlotRange {
  const start = startOfDay(day) ?? 0n;
  const first = firstSlotFrom(start, chain);
  const next = firstSlotFrom(start + MS_PER_DAY, chain);
  return {
    startSlot: first > range.startSlot ? first : range.startSlot,
    endSlot: next - 1n < range.endSlot ? next - 1n : range.endSlot,
  };
}
