import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { SERVER_VARIABLE } from '../support/postgres-for-tests.ts';
import { PostgresServer } from '../support/postgres.ts';
import { foundIn, nameOf, renderEvidence, trialsOf, type Killed, type Trial } from './evidence.ts';
import { mutate } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { stagesOf, TESTS, type Stage } from './stages.ts';

/**
 * `npm run test:mutation`: puts one bug at a time into a copy of the tree and demands that the tests of the
 * slashing guard notice. Writes those that were found to docs/mutation-evidence.md; ends with 1 when a bug survived.
 * `npm run test:mutation -- TEXT` tries only the bugs with TEXT in their name or file, and writes nothing;
 * `npm run test:mutation -- --new` tries what the page does not list yet, and adds it.
 */

const ROOT = join(import.meta.dirname, '../..');
const COPIED = [
  'core',
  'slashing-db',
  'test',
  'bench/support',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
const AT_ONCE = 2;

interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'vigil-mutation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** @returns the first test that failed, or null when all passed */
async function firstFailure(tree: string, stages: readonly Stage[]): Promise<string | null> {
  for (const stage of stages) {
    const report = await runTests(tree, stage);
    if (report.success) continue;
    const files = report.testResults.map((file) => ({
      ...file,
      name: shownName(tree, file.name),
      failed: file.assertionResults.find(({ status }) => status === 'failed'),
    }));
    const test = files.find(({ failed }) => failed !== undefined);
    if (test?.failed !== undefined) return `${test.name}: ${test.failed.fullName}`;
    // Files that were not run because another one had failed count as failed too, without a message.
    const file = files.find(({ message }) => message !== '');
    if (file !== undefined) return `${file.name}: ${file.message.split('\n')[0] ?? ''}`;
    throw new Error('the test run failed, but no test of it');
  }
  return null;
}

/** Without what the tests of the guard have in common. */
const shownName = (tree: string, file: string): string =>
  relative(realpathSync(tree), file).replace(`${TESTS}/`, '').replace('test/', '');

function runTests(tree: string, { project, tests }: Stage): Promise<TestReport> {
  const output = join(tree, 'report.json');
  rmSync(output, { force: true });
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const options = [
    '--bail=1',
    '--maxWorkers=1',
    '--testTimeout=60000',
    '--reporter=json',
    `--outputFile=${output}`,
  ];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--project', project, ...tests, ...options],
      { cwd: tree, maxBuffer: 1 << 26, env: { ...process.env, [SERVER_VARIABLE]: server?.url } },
      (error, _stdout, stderr) => {
        try {
          resolve(JSON.parse(readFileSync(output, 'utf8')) as TestReport);
        } catch (cause) {
          reject(new Error(`vitest wrote no report: ${stderr || (error?.message ?? '')}`, { cause }));
        }
      },
    );
  });
}

async function tryMutant({ mutant, over }: Trial): Promise<string | null> {
  const tree = copyOfTree();
  try {
    const path = join(tree, mutant.file);
    writeFileSync(path, mutate(readFileSync(path, 'utf8'), mutant));
    return await firstFailure(tree, stagesOf(mutant, over));
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const [wanted = ''] = process.argv.slice(2);
const PAGE = join(ROOT, 'docs/mutation-evidence.md');
const known = wanted === '--new' ? foundIn(readFileSync(PAGE, 'utf8')) : new Map<string, string>();
const all = trialsOf(MUTANTS);
const chosen =
  wanted === '--new'
    ? all.filter((trial) => !known.has(nameOf(trial)))
    : all.filter(({ mutant: { name, file } }) => `${file}: ${name}`.includes(wanted));
for (const { mutant } of chosen) mutate(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant);

// One for all of them: to start it takes longer than most bugs live.
const server = chosen.some(({ over }) => over === 'postgres')
  ? await PostgresServer.start(['max_connections = 200'])
  : null;
const stop = async (exitCode: number): Promise<never> => {
  await server?.stop();
  process.exit(exitCode);
};

const untouched = copyOfTree();
const stages = chosen.flatMap(({ mutant, over }) => stagesOf(mutant, over));
const broken = await firstFailure(untouched, [...new Set(stages)]);
rmSync(untouched, { recursive: true, force: true });
if (broken !== null) {
  console.error(`the tests fail without any mutant: ${broken}`);
  await stop(1);
}
console.log('the tests pass without mutants');

const killedBy = new Map<Trial, string>();
/** After every bug, so that a run that is broken off was not for nothing. */
function record(): void {
  if (wanted !== '' && wanted !== '--new') return;
  const killed: Killed[] = all.flatMap((trial) => {
    const by = killedBy.get(trial) ?? known.get(nameOf(trial));
    return by === undefined ? [] : [{ ...trial, by }];
  });
  writeFileSync(PAGE, renderEvidence(killed));
}
const survivors: Trial[] = [];
const waiting = [...chosen];
const shown = (trial: Trial): string => `${trial.mutant.file}: ${nameOf(trial)}`;
async function work(): Promise<void> {
  for (let trial = waiting.shift(); trial !== undefined; trial = waiting.shift()) {
    const by = await tryMutant(trial);
    if (by === null) survivors.push(trial);
    else killedBy.set(trial, by);
    record();
    console.log(`${by === null ? 'SURVIVED' : 'killed'}  ${shown(trial)}${by === null ? '' : ` (${by})`}`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

if (survivors.length > 0) {
  console.error(`${survivors.length} of ${chosen.length} survived:`);
  for (const trial of survivors) console.error(`  ${shown(trial)}`);
  await stop(1);
}
console.log(`all ${chosen.length} killed`);
await stop(0);
