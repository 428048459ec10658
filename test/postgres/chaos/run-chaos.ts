import { setTimeout as delay } from 'node:timers/promises';
import { Operator } from './acts.ts';
import { BLOWS, signerPaused, signerPausedForAMinute, type Blow } from './blows.ts';
import { ChaosWorld, type ChaosOptions } from './chaos-world.ts';
import { Duties } from './duties.ts';
import { judgeActs, type JudgedActs } from './judge-acts.ts';
import { judgeReleased, type Judged } from './judge-released.ts';

export interface ChaosReport extends Judged, JudgedActs {
  readonly asked: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** Ends of signers that nobody had killed. */
  readonly ownEnds: readonly string[];
  /** Milliseconds after the last blow until each signer signed again. */
  readonly recoveredMs: readonly number[];
}

/**
 * Four signers on one database, asked for conflicting and identical messages of the same keys, while they are killed and
 * paused, the server is killed and restarted, connections are cut, the network is slow, and an operator freezes, deletes
 * and imports.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { log = () => undefined } = options;
  const world = await ChaosWorld.make(options);
  try {
    log(`${world.signers.length} signers with ${options.keys} keys are up`);
    const duties = new Duties(world);
    const operator = new Operator(world);
    const atWork = Promise.all([duties.run(), operator.run()]);
    // Whoever fails while the blows fall is heard when they are over.
    atWork.catch(() => undefined);
    const events = await strike(
      world,
      options,
      () => operator.wasAnswered && duties.metAll(FORBIDDEN),
      (line) => log(`${line}  (${duties.released.length} released)`),
    );

    // Nobody does anything from here on but wait.
    world.calm();
    const recoveredMs = await recover(world, duties);
    world.over = true;
    await atWork;
    return {
      ...(await judgeReleased(world.url, duties.released)),
      ...(await judgeActs(world.url, operator.done, duties.released)),
      asked: duties.asked,
      statuses: duties.statuses,
      events,
      ownEnds: world.signers.flatMap((one) => one.ownEnds),
      recoveredMs,
    };
  } finally {
    await world.end();
  }
}

const MINUTE = 'signer paused for a minute';
/** What requests are to meet after acts. */
const FORBIDDEN = ['412 KEY_FROZEN', '412 ALL_FROZEN', '404 KEY_DELETED'];
/** How many times as long as was asked for a run may take until all of it has happened. */
const LONGEST = 5;

async function strike(
  world: ChaosWorld,
  { seconds, longestPauseSeconds }: ChaosOptions,
  isComplete: () => boolean,
  log: (line: string) => void,
): Promise<Record<string, number>> {
  const blows: Record<string, Blow> = {
    ...BLOWS,
    'signer paused': signerPaused(longestPauseSeconds),
    ...(longestPauseSeconds >= 60 && { [MINUTE]: signerPausedForAMinute }),
  };
  const names = Object.keys(blows);
  const events = Object.fromEntries(names.map((name) => [name, 0]));
  // Each kind of blow and act once at least, however slow the machine is.
  const mayEnd = (): boolean =>
    world.secondsSinceStart >= seconds && (isComplete() || world.secondsSinceStart >= LONGEST * seconds);
  for (let n = 0; n < names.length || !mayEnd(); n += 1) {
    // The others have to have somebody to meet.
    const some = names.filter((one) => one !== MINUTE || events[one]! < 3);
    const name = n < names.length ? names[n]! : world.pick(some);
    log(`${world.secondsSinceStart.toFixed(1)} s  ${name}`);
    events[name] = (events[name] ?? 0) + 1;
    await blows[name]!(world);
    await delay(300 + world.random() * 700);
  }
  return events;
}

/** @returns how long each signer took to sign again */
function recover(world: ChaosWorld, duties: Duties): Promise<number[]> {
  const calm = performance.now();
  return Promise.all(
    world.signers.map(async (signer, n) => {
      const wanted = { kind: 'attestation', pubkey: world.pubkeys[n]!, head: 'last' } as const;
      while (performance.now() - calm < 120_000) {
        const epoch = world.epoch + 2n;
        const status =
          signer.url === null
            ? 0
            : await duties.ask(signer, { ...wanted, source: epoch - 1n, target: epoch });
        if (status === 200) return performance.now() - calm;
        await delay(50);
      }
      throw new Error(`${signer.name} did not recover: ${signer.said}`);
    }),
  );
}
