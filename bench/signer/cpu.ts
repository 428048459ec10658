import { readdirSync, readFileSync } from 'node:fs';
import { formatTable } from '../../cli/output/format-table.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { median } from '../support/median.ts';
import { makeKeys } from './make-keys.ts';
import { RawSigners } from './raw.ts';
import { votesOf } from './votes.ts';
import { World } from './world.ts';

/**
 * `npm run bench:cpu`: where the processor time of a request goes, in microseconds by thread, with 1,000 keys and 64
 * connections; and how many kilobytes of it become old, which is what costs the most when it is collected. Other work on
 * the machine spoils rates far more than it spoils these. Linux only.
 */
const TRIALS = 5;
const SECONDS = 3;
const KEYS = 1000;
const PROMOTED = 'kB that become old';
const EPOCHS = { plain: 20, noop: 70 };

const spec = await loadChainSpec('mainnet', {});
const clock = new SlotClock(spec, Date.now);
const world = new World();
const raw = new RawSigners();

/** Nanoseconds that each thread of a process has run, by thread. */
function ranOf(pid: number): Map<string, { name: string; ran: number }> {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((thread) => {
      const name = readFileSync(`${folder}/${thread}/comm`, 'utf8').trim();
      const [ran = '0'] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
      const known = name.startsWith('sign-') ? 'signing' : name === 'slashing-db' ? 'database' : 'V8, GC';
      return [thread, { name: thread === pid.toString() ? 'main' : known, ran: Number(ran) }];
    }),
  );
}

/** Microseconds that one signature takes with blst alone, all cores busy. */
async function rawMicroseconds(): Promise<number> {
  const total = () =>
    [...ranOf(process.pid).values()].reduce((sum, { name, ran }) => sum + (name === 'main' ? 0 : ran), 0);
  const before = total();
  const perSecond = await raw.measure(400);
  return (total() - before) / 1000 / (perSecond * 0.4);
}

async function measure(variant: keyof typeof EPOCHS): Promise<Record<string, number>> {
  const dataDir = world.dataDir(variant);
  const pubkeys = await makeKeys(dataDir, KEYS);
  const signer = await world.start(dataDir, variant);
  let target = clock.currentEpoch() - 2000n;
  const trials: Record<string, number>[] = [];
  // The first warms up.
  for (let trial = 0; trial <= TRIALS; trial += 1) {
    const votes = votesOf(spec, pubkeys, target, EPOCHS[variant]);
    target += BigInt(EPOCHS[variant]);
    const blst = await rawMicroseconds();
    const before = ranOf(signer.pid);
    const load = await signer.load(votes, { connections: 64, maxSeconds: SECONDS });
    const figures: Record<string, number> = {};
    for (const [thread, { name, ran }] of ranOf(signer.pid)) {
      const spent = (ran - (before.get(thread)?.ran ?? 0)) / 1000 / load.requests;
      figures[name] = (figures[name] ?? 0) + spent;
    }
    if (trial > 0)
      trials.push({
        ...figures,
        'load generator': (load.cpuSeconds * 1e6) / load.requests,
        'blst alone': blst,
      });
  }
  // By itself: looking at collections takes time too.
  await signer.promotedBytes();
  const votes = votesOf(spec, pubkeys, target, EPOCHS[variant]);
  const { requests } = await signer.load(votes, { connections: 64, maxSeconds: SECONDS });
  const promoted = (await signer.promotedBytes()) / 1024 / requests;
  await signer.stop();
  const names = Object.keys(trials[0] ?? {});
  const medians = names.map((name) => [name, median(trials.map((trial) => trial[name] ?? 0))] as const);
  return { ...Object.fromEntries(medians), [PROMOTED]: promoted };
}

try {
  await world.prepare();
  const plain = await measure('plain');
  const noop = await measure('noop');
  const threads = ['main', 'database', 'signing', 'V8, GC', 'load generator', 'blst alone'];
  const rows = [...threads, PROMOTED].map((name) => [
    name,
    (plain[name] ?? 0).toFixed(name === PROMOTED ? 2 : 1),
    (noop[name] ?? 0).toFixed(name === PROMOTED ? 2 : 1),
  ]);
  for (const line of formatTable(['microseconds per request', 'sustained', 'no-op signer'], rows))
    console.log(line);
} finally {
  await raw.close();
  world.remove();
}
