import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../support/bench-guard.ts';
import { Child } from '../support/child.ts';
import { median } from '../support/median.ts';
import { assertUnderstood } from './assert-understood.ts';
import type { MonitorQuestion, MonitorUsage } from './monitor-child.ts';
import type { NodeQuestion, NodeStarted, NodeTraffic } from './node-child.ts';

export interface BenchOptions {
  /** A network that Vigil knows by name. */
  readonly chain: string;
  readonly slotsPerEpoch: number;
  readonly network: number;
  readonly watched: number;
  readonly warmUp: number;
  readonly epochs: number;
}

/** Of one epoch, the median of those measured; memory is the peak of the whole run. */
export interface Measured {
  readonly chain: string;
  readonly watched: number;
  /** Validators of the network. */
  readonly network: number;
  readonly calls: number;
  /** Of answers and events, as they are before any compression. */
  readonly bytes: number;
  readonly bytesBesidesBlocksAndCommittees: number;
  /** By the clock, the answers of the node included. */
  readonly seconds: number;
  /** Of the processor, on all threads of the monitor. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/** As the launcher starts Vigil. */
const FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=50'];
const MALLOC = { MALLOC_ARENA_MAX: '2' };
/** Blocks that are there when the monitor comes: finality is two epochs behind, and it begins two before that. */
const PAST_EPOCHS = 5;

const entry = (name: string) => fileURLToPath(new URL(`${name}.ts`, import.meta.url));

/** A monitor and a node of its own, each in a process of its own, through some epochs. @throws if the node lacked an answer, or the monitor went astray */
export async function measure(options: BenchOptions): Promise<Measured> {
  const node = new Child(entry('node-child'));
  const monitor = new Child(entry('monitor-child'), FLAGS, MALLOC);
  try {
    return await withFolder((folder) => run({ node, monitor, folder }, options));
  } finally {
    await Promise.all([node.stop(), monitor.stop()]);
  }
}

interface Bench {
  readonly node: Child;
  readonly monitor: Child;
  readonly folder: string;
}

async function run({ node, monitor, folder }: Bench, options: BenchOptions): Promise<Measured> {
  const { chain, slotsPerEpoch, network, watched, warmUp, epochs } = options;
  const askNode = <T>(question: NodeQuestion) => node.ask<T>(question);
  const askMonitor = <T>(question: MonitorQuestion) => monitor.ask<T>(question);
  const begin = { kind: 'start', network: chain, validators: network, epochs: PAST_EPOCHS } as const;
  const { url, headSlot } = await askNode<NodeStarted>(begin);
  const watch = join(folder, 'watched.txt');
  const indices = Array.from({ length: watched }, (_, at) => Math.floor((at * network) / watched));
  writeFileSync(watch, indices.join('\n'));
  await askMonitor({ kind: 'start', network: chain, url, folder, watch, headSlot });

  const seen: (NodeTraffic & MonitorUsage & { readonly seconds: number })[] = [];
  let seconds = 0;
  let slot = headSlot;
  const note = async (): Promise<void> => {
    const [traffic, usage] = [
      await askNode<NodeTraffic>({ kind: 'traffic' }),
      await askMonitor<MonitorUsage>({ kind: 'usage' }),
    ];
    const [lacking] = traffic.unanswered;
    if (lacking !== undefined) throw new Error(`the bench's node has no answer to ${lacking}`);
    seen.push({ ...traffic, ...usage, seconds });
  };
  await note();
  for (let epoch = 0; epoch < warmUp + epochs; epoch += 1) {
    for (let offset = 0; offset < slotsPerEpoch; offset += 1) {
      // Blocks are made while nobody's time is measured.
      await askNode({ kind: 'prepare' });
      slot += 1;
      const finalEpoch = Math.floor(slot / slotsPerEpoch) - 4;
      const started = performance.now();
      await askMonitor({ kind: 'slot', slot });
      await askNode({ kind: 'advance' });
      await askMonitor({ kind: 'head', slot, finalEpoch });
      seconds += (performance.now() - started) / 1000;
    }
    await note();
  }
  assertUnderstood(join(folder, 'monitor.sqlite'), indices);
  const measured = seen.slice(warmUp);
  const eachEpoch = (of: (at: (typeof seen)[number]) => number): number =>
    median(measured.slice(1).map((now, at) => of(now) - of(measured[at] ?? now)));
  return {
    ...{ chain, watched, network },
    calls: eachEpoch(({ calls }) => calls),
    bytes: eachEpoch(({ bytes }) => bytes),
    bytesBesidesBlocksAndCommittees: eachEpoch(({ bytes, networkBytes }) => bytes - networkBytes),
    seconds: eachEpoch((at) => at.seconds),
    cpuSeconds: eachEpoch(({ cpuSeconds }) => cpuSeconds),
    rssMb: seen.at(-1)?.rssMb ?? Number.NaN,
  };
}
