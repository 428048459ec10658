import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { configSpec, BeaconNodes, type NodeClientOptions } from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import type { SimulationOptions } from '../../../../devnet/simulation/create-simulation.ts';
import type { FinalStore } from '../../../../monitor/engine/final-store.ts';
import { parseCalendar, rewardRules, type LedgerCalendar } from '../../../../monitor/ledger/index.ts';
import type { EpochRecord } from '../../../../monitor/model/epoch-record.ts';
import type { WatchedValidator } from '../../../../monitor/model/watched-validator.ts';
import { epoch as epochOf, parsePubkey, type Epoch } from '../../../../core/units.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { DevnetBeaconNode } = await import('../../../../devnet/api/beacon-node.ts');
const { BlockShelf } = await import('../../../../monitor/engine/block-shelf.ts');
const { MonitorEngine } = await import('../../../../monitor/engine/engine.ts');
const { TaskLog } = await import('../../../../monitor/engine/task-log.ts');
const { RecordMaker } = await import('../../../../monitor/engine/record-maker.ts');
const { SyncCommittees } = await import('../../../../monitor/sync-committees/index.ts');

/** A store in memory that keeps the records as they were written. */
export class RecordingStore implements FinalStore {
  readonly records: EpochRecord[] = [];
  readonly skipped: Epoch[] = [];
  #next: bigint;

  constructor(first: bigint) {
    this.#next = first;
  }

  writeEpoch(record: EpochRecord): void {
    this.records.push(record);
    this.#next = record.epoch + 1n;
  }

  nextEpoch(): Epoch {
    return epochOf(this.#next);
  }

  uncredited(epoch: Epoch) {
    return this.records.find((record) => record.epoch === epoch)?.voteRewards ?? null;
  }

  skip(epoch: Epoch): void {
    this.skipped.push(epoch);
    this.#next = epoch + 1n;
  }
}

/** A simulated chain, a node of it on loopback, and the parts of the engine over it. */
export async function engineWorld(
  options: Partial<SimulationOptions> & {
    readonly watch?: readonly number[];
    readonly calendar?: LedgerCalendar; readonly store?: RecordingStore },
) {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 32, seed: 'engine', signatures: 'none' },
    ...options,
  });
  const node = new DevnetBeaconNode(sim);
  const url = await node.listen();
  onTestFinished(() => node.close());
  const { spec } = sim.context;
  const log = pino({ level: process.env['LOG'] ?? 'silent' });
  const client: Partial<NodeClientOptions> = { retry: { attempts: 1, baseMs: 1, maxMs: 1 }, timeoutMs: 5000 };
  const nodes = new BeaconNodes(
    { urls: [url], client, limits: { maxBehindClock: 64n } },
    { spec, clock: new SlotClock(spec, sim.clock.nowMs), log },
  );
  onTestFinished(() => nodes.stop());
  const calendar = options.calendar ?? parseCalendar('utc', spec);
  const rules = rewardRules((await nodes.ask(configSpec())).data, spec);
  const watched = (options.watch ?? [0, 1, 2, 3]).map((index): WatchedValidator => {
    const pubkey = parsePubkey(sim.headState().validators[index]!.pubkey, 'pubkey');
    return { index, pubkey, group: 'default', labels: [] };
  });
  const store = options.store ?? new RecordingStore(0n);
  const tasks = new TaskLog(log, sim.clock.nowMs);
  /** An engine as after a start: it knows nothing but what the store holds. */
  const start = () => {
    const engine = new MonitorEngine({
      ...{ nodes, spec, calendar, store, tasks, log },
      clock: new SlotClock(spec, sim.clock.nowMs),
      shelf: new BlockShelf(nodes, spec),
      committees: new SyncCommittees(nodes, spec),
      records: new RecordMaker({ nodes, spec, rules, calendar, log, paymentsOf: () => Promise.resolve([]) }),
      onFinal: () => Promise.resolve(),
      onHead: () => Promise.resolve(),
    });
    engine.watch(watched);
    return engine;
  };
  return { sim, node, url, spec, nodes, calendar, rules, store, watched, tasks, log, start };
}
