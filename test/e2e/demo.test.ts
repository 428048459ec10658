import { expect, test } from 'vitest';
import { vigil } from './support/vigil-process.ts';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

/** Makes the process believe that it is an older Node, before the launcher looks. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;

test('the demo sees every outcome that it should see', () => {
  const output = execFileSync(process.execPath, [LAUNCHER, 'demo', '--json'], { encoding: 'utf8' });
  const { results, interchange } = JSON.parse(output) as {
    results: { answered: string; right: boolean }[];
    interchange: { data: unknown[] };
  };
  expect(results.filter(({ right }) => !right)).toEqual([]);
  const answers = results.map(({ answered }) => answered);
  for (const refusal of [
    '412 DOUBLE_VOTE',
    '412 SURROUND_VOTE',
    '412 DOUBLE_PROPOSAL',
    '400 GENESIS_VALIDATORS_ROOT_MISMATCH',
  ]) {
    expect(answers).toContain(refusal);
  }
  expect(interchange.data).toHaveLength(4);
});

test('on an older Node the launcher goes over to the pinned runtime and passes the exit code on', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', AS_NODE_20, LAUNCHER, ...args], { encoding: 'utf8' });
  const version = run('--version');
  expect(version.stderr).toBe('');
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run('nonsense').status).toBe(2);
});

test('the built program knows its version', async () => {
  expect((await vigil(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
