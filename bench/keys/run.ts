import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { formatTable } from '../../cli/output/format-table.ts';
import { startProgress } from '../../cli/output/progress.ts';
import { defaultConcurrency } from '../../signer/keystore/load-in-parallel.ts';
import { deriveKey } from '../../signer/keystore/kdf.ts';
import { freshKdf } from '../../signer/keystore/eip2335.ts';
import { median } from '../support/median.ts';
import { makeScryptKeys } from './make-scrypt-keys.ts';

/**
 * `npm run bench:keys`: how long a start takes with keystores that were never opened, and with the key cache; `-- --json`
 * prints one JSON object. `--cold N` and `--cached N` say how many keystores: the cold start of 10,000 takes over an hour
 * on two cores. `BENCH_DIR` names the disk.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    cold: { type: 'string', default: '100' },
    cached: { type: 'string', default: '10000' },
  },
});
const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
const run = promisify(execFile);
const started = z.object({
  seconds: z.number(),
  listening: z.number(),
  loaded: z.number(),
  failed: z.number(),
  opened: z.number(),
  cpuSeconds: z.number(),
  rssMb: z.number(),
});
type Started = z.infer<typeof started>;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'vigil-bench-keys-'));
const progress = startProgress('starts', 2);
try {
  build();
  const cold = await coldStart(countOf(values.cold));
  progress.update(1);
  const cached = await cachedStart(countOf(values.cached));
  progress.stop();
  if (values.json) console.log(JSON.stringify({ cold, cached }));
  else print(cold, cached);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is measured is the signer as it is installed. */
function build(): void {
  const out = join(folder, 'build');
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', out]);
  symlinkSync(join(ROOT, 'node_modules'), join(out, 'node_modules'));
  copyFileSync(join(ROOT, 'package.json'), join(out, 'package.json'));
}

function countOf(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`${text} is not a number of keystores`);
  return Number(text);
}

/** One scrypt alone, before and after, is what the whole is held against: the machine may slow down in between. */
async function coldStart(keystores: number) {
  const dataDir = join(folder, 'cold');
  await makeScryptKeys(dataDir, keystores, false);
  const before = await scryptSeconds();
  const { seconds, rssMb, opened } = await startOn(dataDir, keystores);
  if (opened !== keystores) throw new Error(`only ${opened} of ${keystores} keystores were opened`);
  const scrypt = (before + (await scryptSeconds())) / 2;
  const cores = availableParallelism();
  return { keystores, seconds, overLimit: seconds / ((keystores * scrypt) / cores), rssMb, scrypt, cores };
}

/** The second start: the first one enters the keys into the slashing database. */
async function cachedStart(keystores: number) {
  const dataDir = join(folder, 'cached');
  await makeScryptKeys(dataDir, keystores, true);
  await startOn(dataDir, keystores);
  const starts: Started[] = [];
  for (let trial = 0; trial < 5; trial += 1) {
    const start = await startOn(dataDir, keystores);
    if (start.opened !== 0) throw new Error(`${start.opened} keystores were opened in spite of the cache`);
    starts.push(start);
  }
  return {
    keystores,
    seconds: median(starts.map(({ seconds }) => seconds)),
    rssMb: median(starts.map(({ rssMb }) => rssMb)),
    listening: median(starts.map(({ listening }) => listening)),
    cpuSeconds: median(starts.map(({ cpuSeconds }) => cpuSeconds)),
    scrypt: await scryptSeconds(),
  };
}

async function startOn(dataDir: string, keystores: number): Promise<Started> {
  // As the launcher starts the signer.
  const args = [
    '--no-warnings',
    '--max-semi-space-size=4',
    '--heap-growing-percent=50',
    CHILD,
    join(folder, 'build'),
    dataDir,
  ];
  const threads = String(availableParallelism() + 3);
  const env = { ...process.env, MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: threads };
  const { stdout } = await run(process.execPath, args, { env, maxBuffer: 1 << 24 });
  const start = started.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  if (start.loaded !== keystores)
    throw new Error(`${start.loaded} of ${keystores} keys were loaded\n${stdout}`);
  return start;
}

async function scryptSeconds(): Promise<number> {
  const times: number[] = [];
  for (let trial = 0; trial < 3; trial += 1) {
    const start = performance.now();
    await deriveKey(freshKdf('scrypt'), 'benchmark');
    times.push((performance.now() - start) / 1000);
  }
  return median(times);
}

function print(cold: Awaited<ReturnType<typeof coldStart>>, cached: Awaited<ReturnType<typeof cachedStart>>) {
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const memory = (value: number): string => `${Math.round(value)} MiB`;
  const room = 300 * defaultConcurrency();
  const rows = [
    ['one scrypt alone', '', seconds(cold.scrypt), '', ''],
    [
      'first start',
      String(cold.keystores),
      `${seconds(cold.seconds)} = ${cold.overLimit.toFixed(2)} × (keystores × scrypt ÷ ${cold.cores} cores)`,
      memory(cold.rssMb),
      `≤ 1.15 ×, ≤ ${room} MiB`,
    ],
    [
      'later start',
      String(cached.keystores),
      `${seconds(cached.seconds)}, one scrypt alone ${seconds(cached.scrypt)}; processor time ${seconds(cached.cpuSeconds)}; it listens after ${seconds(cached.listening)}`,
      memory(cached.rssMb),
      '≤ 2 s',
    ],
  ];
  for (const line of formatTable(['', 'keystores', 'time', 'peak memory', 'target'], rows)) console.log(line);
}
