import { migrateDatabase } from '../../slashing-db/index.ts';
import { PostgresServer } from '../support/postgres.ts';
import { SPEC } from '../support/slashing-fixtures.ts';
import { countSteps, killAtStep } from './kill-at-step.ts';
import { brokenAfter, FATES, imageAfter, saidBefore, seeded } from './power-cut.ts';
import { parseTrace } from './trace.ts';
import { buildShim, killAtOperation, recordTrace } from './under-shim.ts';

/**
 * `npm run test:crash`: death at every asynchronous step, over either storage; death before every operation on a file, and
 * the power cut after every one of them, with every fate of what was not synced. What a power cut does to the files of a
 * server is the server's to survive. After each, no word that was given is broken.
 */
const SEEDS_PER_POINT = 4;

let rounds = 0;
const failures: string[] = [];
const count = (where: string, broken: readonly string[]): void => {
  rounds += 1;
  for (const what of broken) failures.push(`${where}: ${what}`);
  if (process.stdout.isTTY) process.stdout.write(`\r${rounds} rounds, ${failures.length} broken words `);
};
const section = (what: string, before: number): void => {
  console.log(`${process.stdout.isTTY ? '\r' : ''}${what}: ${rounds - before} rounds`);
};

const shim = buildShim();

/** @param place makes the URL of an empty database; undefined: a file */
async function killAtEveryStep(storage: string, place: () => Promise<string | undefined>): Promise<void> {
  const before = rounds;
  const steps = await countSteps(await place());
  for (let step = 1; step <= steps; step += 1) {
    count(`${storage}, step ${step}`, (await killAtStep(step, await place())).broken);
  }
  section(`${storage}: killed at every asynchronous step`, before);
}

await killAtEveryStep('a file', () => Promise.resolve(undefined));
const server = await PostgresServer.start();
try {
  await killAtEveryStep('a server', async () => {
    const url = await server.emptyDatabase();
    await migrateDatabase({ url, passwordFile: null }, SPEC.genesisValidatorsRoot);
    return url;
  });
} finally {
  await server.stop();
}

let before = rounds;
for (let operation = 1; ; operation += 1) {
  const { died, broken } = await killAtOperation(shim, operation);
  count(`operation ${operation}`, broken);
  if (!died) break;
}
section('killed before every operation on a file', before);

before = rounds;
const operations = parseTrace(await recordTrace(shim));
for (let point = 1; point <= operations.length; point += 1) {
  for (const fate of FATES) {
    for (let seed = 0; seed < (fate === 'all lost' || fate === 'all kept' ? 1 : SEEDS_PER_POINT); seed += 1) {
      const image = imageAfter(operations, point, fate, seeded(point * 100 + seed));
      count(
        `power cut after ${point}, ${fate}, seed ${seed}`,
        await brokenAfter(image, saidBefore(operations, point)),
      );
    }
  }
}
section('power cut after every operation on a file', before);

// The tests must be able to see a loss: a disk that says it has synced and has not must be found out.
const released = 'released, and uncovered';
let found = 0;
for (let point = 1; point <= operations.length; point += 7) {
  const image = imageAfter(operations, point, 'all lost', seeded(point), true);
  const broken = await brokenAfter(image, saidBefore(operations, point));
  if (broken.some((what) => what.includes(released))) found += 1;
}
console.log(`a disk that lies about its syncs: found out at ${found} points`);
if (found === 0) failures.push('a lying disk was not found out: these tests see nothing');

for (const failure of failures) console.error(failure);
console.log(`${rounds} rounds, ${failures.length} broken words`);
process.exitCode = failures.length === 0 ? 0 : 1;
