import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../cli-errors.ts';
import { formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import { narratorFor } from './show/narrator.ts';
import { Story } from './story.ts';
import { startWorld, type DemoWorld } from './world/demo-world.ts';
import { runVerb } from './world/run-verb.ts';
import { look } from './world/scene.ts';

export interface DemoOptions {
  readonly output: Output;
  /** Leave it running at the end until told to stop. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 500;

/** A machine that is busy gets this much; otherwise it takes about a minute. */
const GIVE_UP_SECONDS = 180;

/**
 * The whole of it on loopback: guard, then chain, validator client, signer and monitor, and a twin that is caught.
 * @throws DEMO_WENT_WRONG unless all of it happened
 */
export async function runDemo({ output, keep, signal }: DemoOptions): Promise<void> {
  output.note('First the guard alone: honest duties, then attempts to get something slashable signed.\n');
  const attempts = JSON.parse(await runVerb(['demo', '--signer-only', '--json'], signal)) as Attempts;
  for (const line of attemptLines(attempts)) output.note(line);
  output.note('\nNow all of it: a chain, a validator client, the signer, the monitor.\n');
  const world = await startWorld(output, signal);
  const broken = world.chain.failed.then((reason) => {
    throw cliError('DEMO_WENT_WRONG', `the chain broke: ${(reason as Error).message}`, reason);
  });
  // Whoever races against it hears of it.
  broken.catch(() => undefined);
  try {
    const story = await Promise.race([tell(world, output, signal), broken]);
    const report = await rewardReport(world, output.json ? 'json' : 'table', signal);
    const urls = urlsOf(world);
    const parsed = output.json ? (JSON.parse(report) as unknown) : null;
    output.result({ attempts: attempts.results, chapters: story.chapters, report: parsed, urls }, [
      '',
      'What the validators earned or lost, up to the last epoch that is final by now (vigil rewards report):',
      ...report.trimEnd().split('\n'),
      '',
      `metrics of the signer   ${urls.signerMetrics}`,
      `metrics of the monitor  ${urls.monitorMetrics}`,
      `beacon node             ${urls.beaconNode}`,
      '',
      `All of it happened: ${attempts.results.length} requests to the guard, ${story.chapters.length} chapters.`,
    ]);
    if (!keep) return;
    output.note(`It goes on until Ctrl-C. Look around: vigil monitor status --monitor-url ${urls.monitor}`);
    const stopped = new Promise((resolve) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener('abort', resolve, { once: true });
    });
    await Promise.race([stopped, broken]);
  } finally {
    await world.close();
  }
}

async function tell(world: DemoWorld, output: Output, signal: AbortSignal): Promise<Story> {
  const story = new Story(world);
  const narrator = narratorFor(output, {
    signer: world.signer.url('http'),
    monitor: world.monitor.url('port'),
  });
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  try {
    for (;;) {
      if (signal.aborted) throw cliError('DEMO_WENT_WRONG', 'it was stopped before its end');
      const scene = await look(world, signal);
      await story.go(scene, seconds());
      narrator.show(scene, story.chapters);
      if (story.ended) return story;
      if (seconds() > GIVE_UP_SECONDS) {
        const missing = story.chapters.find(({ outcome }) => outcome === null);
        throw cliError('DEMO_WENT_WRONG', `this did not happen: ${missing?.title ?? ''}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    narrator.close();
  }
}

interface Attempts {
  readonly results: readonly { readonly asked: string; readonly answered: string; readonly why: string }[];
}

/** Only what was refused is worth a look here; `vigil demo --signer-only` shows all. */
function attemptLines({ results }: Attempts): string[] {
  const refused = results.filter(({ answered }) => !answered.endsWith('signed'));
  const table = formatTable(
    ['asked', 'answered'],
    refused.map(({ asked, answered }) => [asked, answered]),
  );
  return [
    `${results.length - refused.length} honest requests were signed, ${refused.length} others refused:`,
    '',
    ...table,
  ];
}

/** From the day of genesis, which is yesterday for who starts at midnight. */
function rewardReport(world: DemoWorld, format: 'table' | 'json', signal: AbortSignal): Promise<string> {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const range = ['--from', day(world.chain.genesisTimeSeconds * 1000), '--to', day(Date.now())];
  return runVerb(
    ['rewards', 'report', '--monitor-db', world.monitorDb, ...range, '--format', format],
    signal,
  );
}

const urlsOf = ({ signer, monitor, chain }: DemoWorld) => ({
  signer: signer.url('http'),
  signerMetrics: `${signer.url('metrics')}/metrics`,
  monitor: monitor.url('port'),
  monitorMetrics: `${monitor.url('port')}/metrics`,
  beaconNode: chain.url,
});
