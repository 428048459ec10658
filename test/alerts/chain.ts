import { onTestFinished } from 'vitest';
import { activatePreset } from '../../core/chain/preset.ts';

activatePreset('minimal');
// Only after the preset, whose list limits the SSZ types take when they are loaded.
const { createSimulation } = await import('../../devnet/simulation/create-simulation.ts');
const { DevnetBeaconNode } = await import('../../devnet/api/beacon-node.ts');
const { drive } = await import('../../devnet/simulation/drive.ts');
const { ScriptedFaults } = await import('../../devnet/simulation/faults.ts');

/** Epochs of six seconds, so that three of them in a row are not long. */
const SLOT_MS = 750;

/** A chain of 64 validators that goes on by the machine's clock, and one node of it. */
export async function startChain() {
  const faults = new ScriptedFaults();
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 64, seed: 'alerts', signatures: 'none', faults },
    genesisTimeSeconds: Math.floor(Date.now() / 1000) + 2,
    rules: { SLOT_DURATION_MS: SLOT_MS },
    keepEpochs: 64,
  });
  const node = new DevnetBeaconNode(sim);
  const url = await node.listen();
  const stop = new AbortController();
  const driven = drive(sim, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await driven;
    await node.close();
  });
  return {
    url,
    /** From the next epoch on, for good: then all of them miss as many epochs. */
    takeOffline: (validators: readonly number[]): void => {
      const { SLOTS_PER_EPOCH } = sim.context.rules;
      faults.offline(validators, (Math.floor(sim.slot / SLOTS_PER_EPOCH) + 1) * SLOTS_PER_EPOCH, Infinity);
    },
  };
}
