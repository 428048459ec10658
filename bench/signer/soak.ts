import { fileURLToPath } from 'node:url';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../../cli/output/format-table.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { median } from '../support/median.ts';
import { makeKeys } from './make-keys.ts';
import { RawSigners } from './raw.ts';
import { votesOf } from './votes.ts';
import { World } from './world.ts';

/**
 * `npm run bench:soak [-- MINUTES]`: an hour (or so many minutes) at half of what this machine signs when it is asked
 * for all it can, in steps of a minute: memory must stay flat, no request may fail, latency must not grow. Ends with 1
 * if any does not hold. Writes what it saw to bench-results/soak.json.
 */
const MINUTES = Number(process.argv.at(-1)) || 60;
const STEP_SECONDS = 60;
const KEYS = 1000;
const CONNECTIONS = 64;

interface Step {
  readonly minute: number;
  readonly requests: number;
  readonly failed: number;
  readonly late: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly rssMb: number;
  readonly rawPerSecond: number;
}

const spec = await loadChainSpec('mainnet', {});
const clock = new SlotClock(spec, Date.now);
const world = new World();
const raw = new RawSigners();
try {
  await world.prepare();
  const dataDir = world.dataDir('soak');
  const pubkeys = await makeKeys(dataDir, KEYS);
  let target = clock.currentEpoch() - 100_000n;
  const votes = (epochs: number) => {
    target += BigInt(epochs);
    return votesOf(spec, pubkeys, target - BigInt(epochs), epochs);
  };
  const signer = await world.start(dataDir);
  const full = await signer.load(votes(60), { connections: CONNECTIONS, maxSeconds: 10 });
  const rate = Math.floor(full.requests / full.seconds / 2);
  const perStep = Math.ceil((rate * STEP_SECONDS) / KEYS) + 1;
  const steps: Step[] = [];
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const load = await signer.load(votes(perStep), {
      connections: CONNECTIONS,
      maxSeconds: STEP_SECONDS - 1,
      rate,
    });
    const { requests, failed, late, p50Ms, p99Ms, maxMs } = load;
    const rawPerSecond = await raw.measure(300);
    steps.push({
      minute,
      requests,
      failed,
      late,
      p50Ms,
      p99Ms,
      maxMs,
      rssMb: await signer.rssMb(),
      rawPerSecond,
    });
    console.log(
      `minute ${minute}: ${requests} signed, ${failed} failed, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, ` +
        `${steps.at(-1)?.rssMb.toFixed(0)} MiB, raw ${rawPerSecond.toFixed(0)}/s`,
    );
  }
  await signer.stop();
  const tenth = Math.max(1, Math.floor(steps.length / 6));
  // The first minutes warm up; after them nothing may grow.
  const early = steps.slice(Math.min(tenth, steps.length - 1), 2 * tenth + 1);
  const late = steps.slice(-tenth);
  const of = (part: typeof steps, key: 'p50Ms' | 'p99Ms' | 'rssMb' | 'rawPerSecond'): number =>
    median(part.map((step) => step[key]));
  const failed = steps.reduce((sum, step) => sum + step.failed, 0);
  // A machine that got slower itself is not the signer's growth.
  const slower = of(early, 'rawPerSecond') / of(late, 'rawPerSecond');
  const p50Growth = of(late, 'p50Ms') / of(early, 'p50Ms') / Math.max(1, slower);
  const rssGrowth = of(late, 'rssMb') / of(early, 'rssMb');
  const signed = steps.reduce((sum, step) => sum + step.requests, 0);
  const summary = { minutes: MINUTES, rate, signed, failed, p50Growth, rssGrowth };
  const folder = fileURLToPath(new URL('../../bench-results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'soak.json'), `${JSON.stringify({ ...summary, steps }, null, 1)}\n`);
  const rows = [
    ['requests', `${signed} at ${rate}/s over ${MINUTES} minutes`, ''],
    ['failed', failed.toString(), '0'],
    ['memory, last sixth against second', `× ${rssGrowth.toFixed(2)}`, '≤ 1.1'],
    ['median latency, the same, per speed of the machine', `× ${p50Growth.toFixed(2)}`, '≤ 1.25'],
  ];
  for (const line of formatTable(['', '', 'target'], rows)) console.log(line);
  process.exitCode = failed === 0 && rssGrowth <= 1.1 && p50Growth <= 1.25 ? 0 : 1;
} finally {
  await raw.close();
  world.remove();
}
