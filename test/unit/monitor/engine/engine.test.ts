import { expect, it } from 'vitest';
import type { EpochRecord } from '../../../../monitor/model/epoch-record.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { engineWorld } from './world.ts';

const { RandomFaults } = await import('../../../../devnet/simulation/faults.ts');

const RATES = {
  ...{ missedBlocks: 0.08, lateBlocks: 0.05, orphanedBlocks: 0.05, reorgs: 0.03 },
  ...{ missedVotes: 0.05, lateVotes: 0.1, wrongHeads: 0.05, wrongTargets: 0.03, missedSync: 0.05 },
};
const WATCH = [0, 3, 7, 11, 31];

/** The same words for the truth and for what the monitor says. */
function told({ attestations, proposals, sync, parts }: EpochRecord) {
  return {
    votes: attestations.map(({ validatorIndex, slot, result, inclusion }) => ({
      ...{ validator: validatorIndex, slot: Number(slot), missed: result === 'missed' },
      included: inclusion === null ? null : Number(inclusion.slot),
      flags:
        inclusion === null
          ? 0
          : Number(inclusion.source) + 2 * Number(inclusion.target) + 4 * Number(inclusion.head),
    })),
    proposals: proposals.map(({ validatorIndex, slot, result, blockRoot }) => ({
      ...{ validator: validatorIndex, slot: Number(slot), result, blockRoot },
    })),
    sync: sync.map(({ validatorIndex, due, hit }) => ({ validator: validatorIndex, due, hit })),
    residuals: parts.map(({ residualGwei }) => residualGwei),
  };
}

function truth(sim: Simulation, epoch: number, watch: readonly number[], parts: number) {
  const isWatched = ({ validator }: { validator: number }) => watch.includes(validator);
  const bits = sim.truth.sync(epoch).filter(isWatched);
  return {
    votes: sim.truth
      .votes(epoch)
      .filter(isWatched)
      .map(({ validator, slot, included }) => ({
        ...{ validator, slot, missed: included === null },
        ...{ included: included?.slot ?? null, flags: included?.flags ?? 0 },
      })),
    proposals: sim.truth
      .proposals(epoch)
      .filter(({ proposer }) => watch.includes(proposer))
      .map(({ slot, proposer, outcome, root }) => ({
        validator: proposer,
        slot,
        result: outcome,
        blockRoot: root,
      })),
    sync: [...new Set(bits.map(({ validator }) => validator))].map((validator) => {
      const own = bits.filter((bit) => bit.validator === validator);
      return { validator, due: own.length, hit: own.filter(({ hit }) => hit).length };
    }),
    residuals: Array.from({ length: parts }, () => 0n),
  };
}

const byValidator = <T extends { readonly validator: number }>(list: readonly T[]): T[] =>
  [...list].sort((one, other) => one.validator - other.validator);

it('every verdict is the truth and every balance is explained, whatever goes wrong', async () => {
  const { sim, nodes, store, start, tasks } = await engineWorld({
    faults: new RandomFaults('one', RATES),
    watch: WATCH,
  });
  const engine = start();
  for (let slots = 20 * 8; slots > 0; slots -= 1) {
    sim.runSlot();
    await nodes.check();
    await engine.round();
  }
  expect([tasks.errors.head, tasks.errors.finality]).toEqual([0, 0]);
  expect(store.skipped).toEqual([]);
  expect(store.records.length).toBeGreaterThan(12);
  for (const record of store.records) {
    const seen = told(record);
    const real = truth(sim, Number(record.epoch), WATCH, record.parts.length);
    expect({ ...seen, sync: byValidator(seen.sync) }).toEqual({ ...real, sync: byValidator(real.sync) });
  }
});
