import { setTimeout as delay } from 'node:timers/promises';
import type { DutyRunner } from './duty-runner.ts';
import type { DutyOutcome } from './outcome.ts';

export interface SlotTimes {
  readonly genesisTimeSeconds: number;
  readonly slotDurationMs: number;
}

/** The steps of a slot, as shares of it: a proposal is due at once, with a moment for the node to be there too. */
const STEPS = [
  { share: 0.05, step: 'propose' },
  { share: 0.36, step: 'attest' },
  { share: 0.7, step: 'aggregate' },
] as const;

/** Runs the duties by the machine's clock until told to stop; a slot that went by is not made up for. */
export async function runDutiesInTime(
  runner: DutyRunner,
  times: SlotTimes,
  onOutcomes: (outcomes: readonly DutyOutcome[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const startOf = (slot: number) => times.genesisTimeSeconds * 1000 + slot * times.slotDurationMs;
  const present = () => Math.floor((Date.now() - times.genesisTimeSeconds * 1000) / times.slotDurationMs);
  for (let slot = Math.max(1, present() + 1); !signal.aborted; slot = Math.max(slot + 1, present())) {
    for (const { share, step } of STEPS) {
      const ms = startOf(slot) + share * times.slotDurationMs - Date.now();
      if (!(await waited(Math.max(0, ms), signal))) return;
      onOutcomes(await runner[step](slot).catch(() => []));
    }
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
