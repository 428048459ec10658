import { onTestFinished } from 'vitest';
import type { SimulationOptions } from '../../devnet/simulation/create-simulation.ts';
import { BeaconNodes } from '../../beacon/index.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { createLogger } from '../../core/log/logger.ts';
import { createSimulation } from '../unit/devnet/minimal-chain.ts';

const { DevnetBeaconNode } = await import('../../devnet/api/beacon-node.ts');
const { RealSignatures } = await import('../../devnet/chain/signatures.ts');

/**
 * A simulated chain of the minimal preset behind a real HTTP node, and what asks it. Gone when the test is over.
 * @param epochs that are over when it is given
 */
export async function devnetNode(epochs: number, options: Partial<SimulationOptions> = {}) {
  const keys = new RealSignatures();
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 64, seed: 'monitor', signatures: 'none' },
    pubkey: (index) => keys.pubkeyOf(index),
    ...options,
  });
  sim.runEpochs(epochs);
  const node = new DevnetBeaconNode(sim);
  const url = await node.listen();
  onTestFinished(() => node.close());
  const clock = new SlotClock(sim.spec, () => sim.clock.nowMs());
  const nodes = new BeaconNodes({ urls: [url] }, { spec: sim.spec, clock, log: createLogger('silent') });
  onTestFinished(() => nodes.stop());
  return { sim, node, url, nodes, clock };
}
