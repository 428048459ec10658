import { expect, it } from 'vitest';
import { activatePreset } from '../../../core/chain/preset.ts';
import { toHex } from '../../../core/hex.ts';

activatePreset('gnosis');
const { ssz } = await import('@lodestar/types');
const { createSimulation } = await import('../../../devnet/simulation/create-simulation.ts');
const { stateView } = await import('../../../devnet/chain/state-root.ts');

it('has real state roots with the vectors of the gnosis preset', { timeout: 60_000 }, () => {
  const sim = createSimulation({
    ...{ preset: 'gnosis', validators: 40, seed: 'gnosis', signatures: 'none' },
    rules: { FULU_FORK_EPOCH: 1 },
  });
  sim.runEpochs(1);
  const { stateRoot } = sim.tree.head.signed.message;
  const value = ssz.fulu.BeaconState.deserialize(stateView(sim.headState()).serialize());
  expect(value.slot).toBe(sim.context.rules.SLOTS_PER_EPOCH);
  expect(value.randaoMixes.length).toBe(65_536);
  expect(toHex(ssz.fulu.BeaconState.hashTreeRoot(value))).toBe(toHex(stateRoot));
});
