import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { configSpec, BeaconNodes, type NodeClientOptions } from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { epoch as epochOf, parsePubkey } from '../../../../core/units.ts';
import type { SimulationOptions } from '../../../../devnet/simulation/create-simulation.ts';
import type { MonitorEngine as Engine } from '../../../../monitor/engine/engine.ts';
import { parseCalendar, rewardRules } from '../../../../monitor/ledger/index.ts';
import type { BlockFacts } from '../../../../monitor/model/block-facts.ts';
import type { EpochRecord } from '../../../../monitor/model/epoch-record.ts';
import type { WatchedValidator } from '../../../../monitor/model/watched-validator.ts';
import { openStore } from '../../../../monitor/store/index.ts';

// Whoever imports this has chosen a preset before.
const { createSimulation } = await import('../../../../devnet/simulation/create-simulation.ts');
const { DevnetBeaconNode } = await import('../../../../devnet/api/beacon-node.ts');
const { BlockShelf } = await import('../../../../monitor/engine/block-shelf.ts');
const { MonitorEngine } = await import('../../../../monitor/engine/engine.ts');
const { finalStore } = await import('../../../../monitor/engine/final-store.ts');
const { RecordMaker } = await import('../../../../monitor/engine/record-maker.ts');
const { TaskLog } = await import('../../../../monitor/engine/task-log.ts');
const { SyncCommittees } = await import('../../../../monitor/sync-committees/index.ts');

export interface WorldOptions extends Partial<SimulationOptions> {
  readonly watch: readonly number[];
  readonly ledgerDay?: string;
  readonly nodes?: number;
}

/** A simulated chain, nodes of it on loopback, a database, and engines over them. */
export async function engineWorld({ watch, ledgerDay = 'utc', nodes: count = 1, ...options }: WorldOptions) {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 32, seed: 'engine', signatures: 'none' },
    ...options,
  });
  const beaconNodes = Array.from({ length: count }, () => new DevnetBeaconNode(sim));
  const urls = await Promise.all(beaconNodes.map((each) => each.listen()));
  const { spec } = sim.context;
  const log = pino({ level: process.env['LOG'] ?? 'silent' });
  const client: Partial<NodeClientOptions> = { retry: { attempts: 1, baseMs: 1, maxMs: 1 }, timeoutMs: 5000 };
  const clock = new SlotClock(spec, sim.clock.nowMs);
  const nodes = new BeaconNodes({ urls, client, limits: { maxBehindClock: 64n } }, { spec, clock, log });
  const calendar = parseCalendar(ledgerDay, spec);
  const rules = rewardRules((await nodes.ask(configSpec())).data, spec);
  const watched = watch.map((index): WatchedValidator => {
    const pubkey = parsePubkey(sim.headState().validators[index]!.pubkey, 'pubkey');
    return { index, pubkey, group: index % 2 === 0 ? 'even' : 'odd', labels: [] };
  });
  const folder = mkdtempSync(join(tmpdir(), 'vigil-engine-'));
  const store = openStore({
    path: join(folder, 'monitor.sqlite'),
    chain: {
      ...{ network: spec.name, chainId: 1n, genesisValidatorsRoot: spec.genesisValidatorsRoot },
      ...{ genesisTimeSeconds: spec.genesisTimeSeconds, slotDurationMs: BigInt(spec.slotDurationMs) },
      ...{ slotsPerEpoch: spec.slotsPerEpoch, ledgerDay: calendar.name },
    },
  });
  store.watch(watched, epochOf(0n));
  const records: EpochRecord[] = [];
  const blocks: BlockFacts[] = [];
  const tasks = new TaskLog(log, sim.clock.nowMs);
  /** What writes down final epochs, new. */
  const parts = () => ({
    store,
    sources: {
      ...{ nodes, spec, calendar },
      shelf: new BlockShelf(nodes, spec),
      committees: new SyncCommittees(nodes, spec),
    },
    records: new RecordMaker({ nodes, spec, rules, calendar, log, paymentsOf: () => Promise.resolve([]) }),
  });
  /** An engine as after a start: it knows nothing but what is in the database. */
  const start = (): Engine => {
    const engine = new MonitorEngine({
      ...{ ...parts().sources, records: parts().records, tasks, log, clock },
      store: finalStore(store),
      onFinal: (record) => {
        records.push(record);
        return Promise.resolve();
      },
      onHead: () => Promise.resolve(),
      onBlock: (block) => void blocks.push(block),
    });
    engine.watch(watched);
    return engine;
  };
  const close = async (): Promise<void> => {
    nodes.stop();
    store.close();
    await Promise.all(beaconNodes.map((each) => each.close()));
    rmSync(folder, { recursive: true });
  };
  return {
    sim,
    beaconNodes,
    spec,
    nodes,
    calendar,
    rules,
    store,
    records,
    blocks,
    watched,
    tasks,
    log,
    start,
    parts,
    close,
  };
}
