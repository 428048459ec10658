import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Slot } from '../../core/units.ts';
import type { SlotWindow } from './find-windows.ts';

/** Unix milliseconds; `endMs` is the first moment after. */
export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export const slotStartMs = (spec: ChainSpec, at: Slot): number =>
  Number(spec.genesisTimeSeconds) * 1000 + Number(at) * spec.slotDurationMs;

/** What is left of a window now: of a slot that has begun, the rest. */
export function timeWindow(spec: ChainSpec, { startSlot, endSlot }: SlotWindow, nowMs: number): TimeWindow {
  const startMs = Math.max(nowMs, slotStartMs(spec, startSlot));
  return { startMs, endMs: Math.max(startMs, slotStartMs(spec, endSlot) + spec.slotDurationMs) };
}

export const lengthMs = ({ startMs, endMs }: TimeWindow): number => endMs - startMs;

/** The first window that is long enough. */
export function firstFit(
  spec: ChainSpec,
  windows: readonly SlotWindow[],
  neededMs: number,
  nowMs: number,
): TimeWindow | null {
  return (
    windows.map((each) => timeWindow(spec, each, nowMs)).find((each) => lengthMs(each) >= neededMs) ?? null
  );
}

/** `2026-11-21 10:41:03`, UTC. */
export const utcTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** `12 min 48 s`, `26 h 12 min`. */
export function lengthText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 120) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
