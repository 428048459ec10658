import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { vigil } from './support/vigil-process.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

/** Makes the process believe that it is an older Node, before the launcher looks. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;

test('the demo of the signer sees every outcome that it should see', () => {
  const output = execFileSync(process.execPath, [LAUNCHER, 'demo', '--signer-only', '--json'], {
    encoding: 'utf8',
  });
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

/** A folder for everything temporary, by which processes that were left behind are found too. */
function ownTemporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-demo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const processesOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    })
    .filter((line) => line.includes(folder));

test('the demo of everything catches the twin, and leaves nothing behind', { timeout: 300_000 }, async () => {
  const folder = ownTemporary();
  const child = spawn(process.execPath, [LAUNCHER, 'demo', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  expect(await once(child, 'close')).toEqual([0, null]);
  const { chapters, attempts, report } = JSON.parse(text) as {
    chapters: { name: string; outcome: string | null }[];
    attempts: unknown[];
    report: { lines: { attestationGwei: number }[]; totals: { residualGwei?: number } };
  };
  const outcomes = new Map(chapters.map(({ name, outcome }) => [name, outcome]));
  expect(outcomes.get('twin')).toMatch(/^validator 3 has two votes for slot \d+/);
  const slot = /slot (\d+)/.exec(outcomes.get('twin') ?? '')?.[1] ?? '';
  expect(outcomes.get('caught')).toMatch(new RegExp(`^foreign attestation of slot ${slot},`));
  expect(outcomes.get('refused')).toMatch(/is refused: KEY_FROZEN$/);
  expect([...outcomes.values()]).not.toContain(null);
  expect(attempts.length).toBeGreaterThan(20);
  expect(report.lines).toHaveLength(8);
  expect(readdirSync(folder)).toEqual([]);
  expect(processesOf(folder)).toEqual([]);
});

test('a demo that is stopped fails, and leaves nothing behind', { timeout: 120_000 }, async () => {
  const folder = ownTemporary();
  const child = spawn(process.execPath, [LAUNCHER, 'demo'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let told = '';
  const running = new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      told += more;
      if (told.includes('epoch 0:')) resolve(null);
    });
  });
  await running;
  expect(processesOf(folder).length).toBeGreaterThan(1);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(told).toContain('stopped before its end');
  expect(readdirSync(folder)).toEqual([]);
  expect(processesOf(folder)).toEqual([]);
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
