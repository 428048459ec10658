import '../unit/devnet/minimal-chain.ts';
import { isDeepStrictEqual } from 'node:util';
import { epoch } from '../../core/units.ts';
import type { EpochRecord } from '../../monitor/model/epoch-record.ts';
import { toldBy, truthOf } from '../unit/monitor/engine/truth-of.ts';
import { engineWorld } from '../unit/monitor/engine/world.ts';

/**
 * `npm run test:monitor-run [-- EPOCHS]`: simulated epochs by the thousand with random faults, validators that are off
 * for a while, re-organisations, and an engine that looks now and then and is started anew at random. Every record that is
 * written is compared with the simulation's truth: each vote, proposal and sync duty of everybody watched, and that
 * nothing is left over of any balance. Ends with 1 at the first difference.
 */
const { RandomFaults } = await import('../../devnet/simulation/faults.ts');

const EPOCHS = Number(process.argv[2] ?? 3000);
/** Of each chain; then another seed. */
const PER_CHAIN = 500;
const WATCH = [0, 1, 5, 9, 14, 20, 31, 40];
const SLOTS = 8;

interface Totals {
  epochs: number;
  votes: number;
  missed: number;
  proposals: number;
  syncDuties: number;
  parts: number;
  restarts: number;
  reorgs: number;
}

const totals: Totals = {
  ...{ epochs: 0, votes: 0, missed: 0, proposals: 0, syncDuties: 0, parts: 0, restarts: 0, reorgs: 0 },
};
const started = performance.now();
for (let chain = 0; totals.epochs < EPOCHS; chain += 1) await runChain(chain);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${totals.epochs} epochs in ${seconds} s: ${totals.votes} votes (${totals.missed} missed), ${totals.proposals} proposals, ` +
    `${totals.syncDuties} sync duties and ${totals.parts} ledger parts are the truth; ${totals.restarts} restarts, ${totals.reorgs} re-organisations`,
);

async function runChain(chain: number): Promise<void> {
  const faults = new RandomFaults(`chain ${chain}`, {
    ...{ missedBlocks: 0.07, lateBlocks: 0.05, orphanedBlocks: 0.05, reorgs: 0.03 },
    ...{ missedVotes: 0.04, lateVotes: 0.08, wrongHeads: 0.04, wrongTargets: 0.03, missedSync: 0.05 },
  });
  const tosses = new RandomFaults(`tosses ${chain}`, { missedBlocks: 0.02, lateBlocks: 0.25 });
  const world = await engineWorld({
    ...{ faults, watch: WATCH, validators: 48, seed: `chain ${chain}`, keepEpochs: 64 },
  });
  const { sim, nodes, records, store } = world;
  sim.events.listen((name) => {
    if (name === 'chain_reorg') totals.reorgs += 1;
  });
  let engine = world.start();
  let compared = -1n;
  try {
    for (let at = 0; at < PER_CHAIN * SLOTS; at += 1) {
      sim.runSlot();
      const toss = tosses.block(at);
      if (toss === 'missed') {
        engine = world.start();
        totals.restarts += 1;
      }
      // Never so long without a look, nor so long without finality, that the simulation forgets the states.
      if (toss !== 'late' && at % (4 * SLOTS) !== 0) continue;
      await nodes.check();
      await engine.round();
      for (const record of records.splice(0)) {
        assertSame(
          toldBy(record),
          truthOf(sim, Number(record.epoch), WATCH, record.parts.length),
          `chain ${chain}, epoch ${record.epoch}`,
        );
        if (record.epoch !== compared + 1n)
          throw new Error(`chain ${chain}: epoch ${record.epoch} after ${compared}`);
        compared = record.epoch;
        count(record);
      }
    }
    if (store.gaps(epoch(0n), epoch(compared)).length > 0) throw new Error(`chain ${chain} has gaps`);
    console.log(`chain ${chain}: ${compared + 1n} epochs, ${totals.epochs} in all`);
  } finally {
    await world.close();
  }
}

function count({ attestations, proposals, sync, parts }: EpochRecord): void {
  totals.epochs += 1;
  totals.votes += attestations.length;
  totals.missed += attestations.filter(({ result }) => result === 'missed').length;
  totals.proposals += proposals.length;
  totals.syncDuties += sync.reduce((sum, { due }) => sum + due, 0);
  totals.parts += parts.length;
}

function assertSame(told: unknown, truth: unknown, where: string): void {
  if (isDeepStrictEqual(told, truth)) return;
  console.error(where, '\ntold:', told, '\ntruth:', truth);
  throw new Error(`${where}: the monitor does not say the truth`);
}
