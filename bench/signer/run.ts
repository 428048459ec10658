import { PublicKey, Signature, verify } from '@chainsafe/blst';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../../cli/output/format-table.ts';
import { loadChainSpec } from '../../core/chain/load-chain-spec.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { fromHex } from '../../core/hex.ts';
import { parseStrictJson } from '../../core/json/parse-strict-json.ts';
import { bytesOf, type Pubkey } from '../../core/units.ts';
import { median } from '../support/median.ts';
import { makeKeys } from './make-keys.ts';
import { RawSigners } from './raw.ts';
import { burstOf, votesOf, type Vote } from './votes.ts';
import { World, type BenchSigner, type LoadResult } from './world.ts';

/**
 * `npm run bench:signer`: the whole signer over HTTP, each figure beside what this machine can sign with blst alone,
 * measured right before and after in the same run. `-- --json` prints one JSON object.
 */
const TRIALS = 5;
const TRIAL_SECONDS = 4;
const RAW_MS = 400;
const KEYS = 1000;

const spec = await loadChainSpec('mainnet', {});
const clock = new SlotClock(spec, Date.now);
const { parseSignRequest } = await import('../../signer/messages/index.ts');
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}`);
};

/** Votes that were never asked for: each key's targets rise through the whole run. */
class Votes {
  readonly #pubkeys: readonly Pubkey[];
  #target = clock.currentEpoch() - 2000n;

  constructor(pubkeys: readonly Pubkey[]) {
    this.#pubkeys = pubkeys;
  }

  next(epochs: number): Vote[] {
    const votes = votesOf(spec, this.#pubkeys, this.#target, epochs);
    this.#target += BigInt(epochs);
    return votes;
  }

  burst(): Vote[] {
    this.#target += 1n;
    return burstOf(spec, this.#pubkeys, this.#target - 1n);
  }
}

const world = new World();
try {
  progress('building');
  await world.prepare();
  const raw = new RawSigners();
  const report = await measureAll(raw);
  await raw.close();
  progress('');
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
  else print(report);
} finally {
  world.remove();
}

async function measureAll(raw: RawSigners) {
  progress('making keys');
  const rates: number[] = [];
  const rated = async <T>(measure: () => Promise<T>): Promise<{ value: T; rate: number }> => {
    const before = await raw.measure(RAW_MS);
    const value = await measure();
    const rate = (before + (await raw.measure(RAW_MS))) / 2;
    rates.push(rate);
    return { value, rate };
  };

  const sustained = await withSigner('plain', KEYS, async (signer, votes) => {
    const trials: { result: LoadResult; rate: number }[] = [];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      progress(`sustained, trial ${trial + 1}`);
      const batch = votes.next(40);
      const options = { connections: 64, maxSeconds: TRIAL_SECONDS, keep: 20 };
      const { value, rate } = await rated(() => signer.load(batch, options));
      assertGood(value, batch);
      trials.push({ result: value, rate });
    }
    progress('bursts of 1000');
    const bursts: { p99Ms: number; overIdeal: number }[] = [];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const burst = votes.burst();
      const { value, rate } = await rated(() => signer.load(burst, { connections: KEYS, keep: 20 }));
      assertGood(value, burst);
      bursts.push({ p99Ms: value.p99Ms, overIdeal: value.p99Ms / ((KEYS / rate) * 1000) });
    }
    progress('one connection');
    const idle = await signer.load(votes.next(1).slice(0, 500), { connections: 1 });
    return { trials, bursts, idleMs: idle.p50Ms, rssMb: await signer.rssMb() };
  });
  const signMs = 1000 / (median(rates) / raw.threads);
  const fsyncMs = fsyncOf(world.folder);

  const trialsOf = (variant: string, epochs: number, what: string) =>
    withSigner(variant, KEYS, async (signer, votes) => {
      const trials: { perSecond: number; rate: number }[] = [];
      for (let trial = 0; trial < TRIALS; trial += 1) {
        progress(`${what}, trial ${trial + 1}`);
        const batch = votes.next(epochs);
        const { value, rate } = await rated(() =>
          signer.load(batch, { connections: 64, maxSeconds: TRIAL_SECONDS }),
        );
        if (value.failed > 0) throw new Error(`${value.failed} requests were not answered with 200`);
        trials.push({ perSecond: value.requests / value.seconds, rate });
      }
      return trials;
    });
  const noop = await trialsOf('noop', 160, 'no-op signer');
  const slow = await trialsOf('slow', 40, '10 ms fsync');
  const oneByOne = await trialsOf('one-by-one', 4, '10 ms fsync, one transaction per check');
  const ratio = (trials: readonly { perSecond: number; rate: number }[]): number =>
    median(trials.map(({ perSecond, rate }) => perSecond / rate));
  const perSecond = (trials: readonly { perSecond: number }[]): number =>
    median(trials.map((trial) => trial.perSecond));

  const rss10k = await withSigner('plain', 10_000, async (signer, votes) => {
    progress('10,000 keys');
    await signer.load(votes.next(1), { connections: 64 });
    return signer.rssMb();
  });

  const results = sustained.trials.map(({ result, rate }) => ({
    ...result,
    perSecond: result.requests / result.seconds,
    rate,
  }));
  return {
    rawPerSecond: median(rates),
    sustained: {
      perSecond: perSecond(results),
      ratio: ratio(results),
      p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
      p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
    },
    noop: { ratio: ratio(noop) },
    fsync10ms: { ratio: ratio(slow), timesUnbatched: perSecond(slow) / perSecond(oneByOne) },
    burst1000: {
      p99Ms: median(sustained.bursts.map(({ p99Ms }) => p99Ms)),
      overIdeal: median(sustained.bursts.map(({ overIdeal }) => overIdeal)),
    },
    idle: { p50Ms: sustained.idleMs, signMs, fsyncMs },
    rssMb: { '1000': sustained.rssMb, '10000': rss10k },
  };
}

async function withSigner<T>(
  variant: string,
  keys: number,
  use: (signer: BenchSigner, votes: Votes) => Promise<T>,
): Promise<T> {
  const dataDir = world.dataDir(`${variant}-${keys}`);
  const pubkeys = await makeKeys(dataDir, keys);
  const signer = await world.start(dataDir, variant);
  try {
    return await use(signer, new Votes(pubkeys));
  } finally {
    await signer.stop();
  }
}

/** Every request answered with a signature, and those given back are valid. */
function assertGood({ failed, answers }: LoadResult, votes: readonly Vote[]): void {
  if (failed > 0) throw new Error(`${failed} requests were not answered with 200`);
  for (const { request, body } of answers) {
    const vote = votes[request];
    if (vote === undefined) throw new Error('an answer to no request');
    const json = parseStrictJson(Buffer.from(vote.body), { maxDepth: 32, maxTokenBytes: 10_000 });
    const { message } = parseSignRequest(json, { spec, clock });
    const good = verify(
      bytesOf(message.signingRoot),
      PublicKey.fromBytes(bytesOf(vote.pubkey)),
      Signature.fromBytes(fromHex(body.signature, 'signature')),
    );
    if (!good) throw new Error(`the signature of request ${request} is not valid`);
  }
}

/** Median time of a 4 KiB write with fdatasync, milliseconds. */
function fsyncOf(folder: string): number {
  const file = openSync(join(folder, 'fsync'), 'w');
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  return median(times);
}

function print(report: Awaited<ReturnType<typeof measureAll>>): void {
  const { sustained, noop, fsync10ms, burst1000, idle, rssMb } = report;
  const rows = [
    ['blst alone, all cores', `${Math.round(report.rawPerSecond)} signatures/s`, ''],
    [
      'sustained, 1,000 keys, 64 connections',
      `${Math.round(sustained.perSecond)}/s = ${sustained.ratio.toFixed(2)} × raw`,
      '≥ 0.75',
    ],
    ['  latency', `p50 ${sustained.p50Ms.toFixed(1)} ms, p99 ${sustained.p99Ms.toFixed(1)} ms`, ''],
    ['with a no-op signer', `${noop.ratio.toFixed(2)} × raw`, '≥ 6'],
    ['10 ms more for each fsync', `${fsync10ms.ratio.toFixed(2)} × raw`, '≥ 0.7'],
    ['  against a transaction per check', `${fsync10ms.timesUnbatched.toFixed(1)} ×`, '≥ 10'],
    [
      'burst of 1,000 at once, p99',
      `${Math.round(burst1000.p99Ms)} ms = ${burst1000.overIdeal.toFixed(2)} × ideal`,
      '≤ 1.2',
    ],
    [
      'one connection, p50',
      `${idle.p50Ms.toFixed(2)} ms (a signature ${idle.signMs.toFixed(2)}, an fsync ${idle.fsyncMs.toFixed(2)})`,
      `≤ ${(Math.max(idle.signMs, idle.fsyncMs) + 1).toFixed(2)} ms`,
    ],
    ['memory with 1,000 keys', `${Math.round(rssMb['1000'])} MiB`, '≤ 200'],
    ['memory with 10,000 keys', `${Math.round(rssMb['10000'])} MiB`, '≤ 400'],
  ];
  for (const line of formatTable(['', `median of ${TRIALS}`, 'target'], rows)) console.log(line);
}
