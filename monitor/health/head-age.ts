import type { MonitorState } from '../model/monitor-state.ts';

/** One or two slots without a block are an ordinary day; with five the node, or the chain, stands still. */
export const MAX_HEAD_AGE_SLOTS = 4n;

/** Slots from the newest block that is known to the clock; null while none is. */
export function headAge({ head, clockSlot }: MonitorState): bigint | null {
  if (head === null) return null;
  return clockSlot > head.slot ? clockSlot - head.slot : 0n;
}

/** Then nothing provisional is told: what was not seen is unknown, not missed. */
export function isHeadStale(state: MonitorState): boolean {
  const age = headAge(state);
  return age === null || age > MAX_HEAD_AGE_SLOTS;
}
