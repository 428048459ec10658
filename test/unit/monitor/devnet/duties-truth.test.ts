import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { RandomFaults, ScriptedFaults } = await import('../../../../devnet/simulation/faults.ts');
const { expectProposalsTrue, expectSyncTrue, expectVotesTrue, SLOTS } = await import('./minimal-duties.ts');

const TROUBLE = {
  ...{ missedBlocks: 0.08, lateBlocks: 0.08, orphanedBlocks: 0.05, reorgs: 0.03 },
  ...{ missedVotes: 0.06, lateVotes: 0.08, wrongHeads: 0.05, wrongTargets: 0.04, missedSync: 0.05 },
};

const chain = (seed: string, validators = 40, faults = new RandomFaults(seed, TROUBLE)): Simulation =>
  createSimulation({ preset: 'minimal', validators, seed, signatures: 'none', faults });

describe('on a chain with trouble of every kind', () => {
  it.each([
    ['one', 40, 80],
    ['two', 40, 80],
    ['three', 33, 60],
    // Several committees a slot, which aggregates name side by side.
    ['four', 160, 40],
    ['five', 16, 60],
  ])('every verdict is the truth (%s: %i validators, %i epochs)', (seed, validators, epochs) => {
    const sim = chain(seed, validators);
    sim.runEpochs(epochs + 2);
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      expectVotesTrue(sim, epoch, seen);
      expectProposalsTrue(sim, epoch, seen);
      expectSyncTrue(sim, epoch, seen);
    }
    for (const word of ['perfect', 'late', 'wrong_head', 'wrong_target', 'missed']) {
      expect([word, seen.get(word)]).toEqual([word, expect.any(Number)]);
    }
    for (const word of ['included', 'orphaned', 'sync miss', 'several positions']) {
      expect([word, seen.get(word)]).toEqual([word, expect.any(Number)]);
    }
  });

  it('verdicts at the head are true of the chain at every moment, whatever re-organisation comes after', () => {
    const seen = new Map<string, number>();
    const sim = chain('head', 32, new RandomFaults('head', { ...TROUBLE, reorgs: 0.1 }));
    let reorgs = 0;
    sim.events.listen((name) => {
      if (name === 'chain_reorg') reorgs += 1;
    });
    for (let at = 0; at < 40 * SLOTS; at += 1) {
      sim.runSlot();
      for (const epoch of [sim.epoch, sim.epoch - 1, sim.epoch - 2]) {
        if (epoch >= 0) expectVotesTrue(sim, epoch, seen);
      }
    }
    expect(reorgs).toBeGreaterThan(10);
    expect(seen.get('unknown')).toBeGreaterThan(1000);
  });

  it('votes are judged so without finality too, and across epochs without a single block', () => {
    const faults = new ScriptedFaults().offline([...Array(14).keys()], 20, 12 * SLOTS);
    for (let at = 5 * SLOTS - 2; at <= 8 * SLOTS + 3; at += 1) faults.setBlock(at, 'missed');
    const sim = createSimulation({
      preset: 'minimal',
      validators: 32,
      seed: 'dark',
      signatures: 'none',
      faults,
    });
    sim.runEpochs(16);
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 14; epoch += 1) {
      expectVotesTrue(sim, epoch, seen);
      expectProposalsTrue(sim, epoch, seen);
      expectSyncTrue(sim, epoch, seen);
    }
    expect(seen.get('missed')).toBeGreaterThan(100);
  });
});
