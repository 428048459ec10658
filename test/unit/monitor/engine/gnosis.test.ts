import '../../devnet/gnosis-chain.ts';
import { expect, onTestFinished, test } from 'vitest';
import { toldBy, truthOf } from './truth-of.ts';
import { engineWorld } from './world.ts';

const { RandomFaults } = await import('../../../../devnet/simulation/faults.ts');

const WATCH = [0, 5, 17];
const EPOCHS = 9;

test('an epoch of Gnosis, 16 slots of 5 seconds, is written down as it was', async () => {
  const faults = new RandomFaults('gnosis', {
    ...{ missedBlocks: 0.06, lateBlocks: 0.04, orphanedBlocks: 0.04, reorgs: 0.02 },
    ...{ missedVotes: 0.05, lateVotes: 0.08, wrongHeads: 0.04, wrongTargets: 0.03, missedSync: 0.05 },
  });
  const world = await engineWorld({ preset: 'gnosis', validators: 64, watch: WATCH, seed: 'gnosis', faults });
  onTestFinished(world.close);
  const engine = world.start();
  expect([world.spec.slotsPerEpoch, world.spec.slotDurationMs]).toEqual([16n, 5000]);
  for (let slot = 0; slot < EPOCHS * 16; slot += 1) {
    world.sim.runSlot();
    await world.nodes.check();
    await engine.round();
  }
  expect(world.records.length).toBeGreaterThan(EPOCHS - 5);
  for (const record of world.records) {
    expect(toldBy(record)).toEqual(truthOf(world.sim, Number(record.epoch), WATCH, record.parts.length));
  }
  const rewards = world.records.flatMap(({ voteRewards }) => voteRewards);
  expect(rewards.some(({ gwei, idealGwei }) => gwei === idealGwei && gwei > 0n)).toBe(true);
});
