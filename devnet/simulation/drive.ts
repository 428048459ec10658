import { setTimeout as delay } from 'node:timers/promises';
import { AGGREGATE_SHARE, VOTE_SHARE, type Simulation } from './simulation.ts';

/**
 * Runs a simulation by the machine's clock until it is told to stop. Slots that went by while the machine was busy
 * are made up for one by one, so that the chain has every slot.
 */
export async function drive(simulation: Simulation, signal: AbortSignal): Promise<void> {
  const { clock } = simulation;
  clock.run();
  while (!signal.aborted) {
    const slot = simulation.slot + 1;
    await until(clock.msUntil(slot, 0), signal);
    simulation.beginSlot();
    await until(clock.msUntil(slot, VOTE_SHARE), signal);
    simulation.attest();
    await until(clock.msUntil(slot, AGGREGATE_SHARE), signal);
    simulation.endSlot();
  }
}

async function until(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
