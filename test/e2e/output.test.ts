import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { vigil, vigilOk } from './support/vigil-process.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

let network: TestNetwork;
let here: readonly string[];
let keystores: readonly string[];

beforeAll(async () => {
  network = testNetwork();
  const password = join(network.folder, 'password.txt');
  writeFileSync(password, 'correct horse\n');
  const folder = join(network.folder, 'keystores');
  here = ['--data-dir', join(network.folder, 'data'), ...network.flags];
  await vigilOk([
    'keys',
    'new',
    '--random',
    '--kdf',
    'pbkdf2',
    '--out',
    folder,
    '--password-file',
    password,
    ...here,
  ]);
  keystores = ['--keystores', folder, '--password-file', password];
  await vigilOk(['keys', 'import', ...keystores, ...here]);
});
afterAll(() => rmSync(network.folder, { recursive: true, force: true }));

/** Runs a verb in a shell with its stdout at `sink`; answers what came on stderr, the exit code in its last line. */
function into(sink: string, args: readonly string[]): string {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIL_'));
  return spawnSync(
    'sh',
    ['-c', `{ "$@"; echo "exit $?" >&2; } ${sink}`, 'sh', process.execPath, LAUNCHER, ...args],
    { encoding: 'utf8', env: Object.fromEntries(clean) },
  ).stderr;
}

test.each([
  'slashing-db export',
  'slashing-db status',
  'slashing-db verify',
  'keys list',
  'audit show',
  'audit verify',
  'config check',
  'keys list --json',
  '--help',
  '--version',
])('vigil %s into a pipe that nobody reads ends quietly', (verb) => {
  expect(into('| true', [...verb.split(' '), ...here])).toBe('exit 0\n');
});

test('a verb that fails says so in its exit code although nobody reads what it prints', () => {
  writeFileSync(join(network.folder, 'keystores', 'keystore-broken.json'), '{"version":4}');
  const told = into('| true', ['keys', 'import', ...keystores, ...here, '--json']);
  expect(told).toContain('SOME_KEYS_FAILED');
  expect(told).toMatch(/\nexit 1\n$/);
});

test.runIf(existsSync('/dev/full'))('a full disk behind stdout is told without a stack', () => {
  expect(into('> /dev/full', ['keys', 'list', ...here])).toMatch(
    /^error: the output cannot be written: ENOSPC[^\n]*\nexit 1\n$/,
  );
});

test('audit export writes the whole history once and does not write over a file', async () => {
  const out = join(network.folder, 'history.jsonl');
  const export_ = (file: string) => ['audit', 'export', '--out', file, ...here];
  const failed = await vigil(export_(join(network.folder, 'missing', 'history.jsonl')));
  expect(failed.stderr).toMatch(/^error: .*history\.jsonl cannot be written: ENOENT/);
  expect(failed.code).toBe(2);

  const { records } = JSON.parse(await vigilOk([...export_(out), '--json'])) as { records: number };
  const text = readFileSync(out, 'utf8');
  expect(records).toBeGreaterThan(0);
  expect(readdirSync(network.folder).filter((name) => name.startsWith('history'))).toEqual(['history.jsonl']);
  expect(text.trimEnd().split('\n')).toHaveLength(records + 1);
  expect((await vigil(export_(out))).stderr).toContain('is there already');
  expect(readFileSync(out, 'utf8')).toBe(text);
});
