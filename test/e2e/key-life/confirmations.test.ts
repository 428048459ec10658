import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runVigil, VigilTerminal } from '../support/vigil-terminal.ts';

// Each answer is a start of Vigil, seconds on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

/** Whatever is irreversible and no validator's: driven in a real terminal, like those in `exits.test.ts`. */
let folder: string;
let pubkey: string;
const AT = ['--data-dir', 'data', '--network', 'hoodi'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-confirm-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const made = await runVigil(['keys', 'new', '--count', '2', '--random', '--kdf', 'pbkdf2', ...AT], folder);
  expect(made.code).toBe(0);
  pubkey = keys()[0]?.replace('.json', '') ?? '';
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = (): string[] => readdirSync(join(folder, 'data', 'keys')).sort();
const secrets = (): string[] => readdirSync(join(folder, 'data', 'secrets')).sort();

it.each([
  ['keys remove', () => ['keys', 'remove', pubkey, '--out', 'moved.json', ...AT], 'a tombstone stays.'],
  [
    'keys handover',
    () => ['keys', 'handover', '--all', '--out-epoch', '412000', '--out', 'receipt.json', ...AT],
    'This is not undone',
  ],
  [
    'keys override-floor',
    () => ['keys', 'override-floor', pubkey, '--source-epoch', '5', '--reason', 'test', ...AT],
    'can be slashed',
  ],
  ['slashing-db accept-rollback', () => ['slashing-db', 'accept-rollback', '--reason', 'test', ...AT], ''],
  ['slashing-db accept-clock', () => ['slashing-db', 'accept-clock', '--reason', 'test', ...AT], ''],
])('%s: anything but a typed yes, and it has done nothing', async (_name, args, consequence) => {
  const before = { keys: keys(), secrets: secrets(), folder: readdirSync(folder) };
  for (const answer of ['y\r', '\r', '\x03', '\x04', null]) {
    const terminal = new VigilTerminal(args(), folder);
    if (consequence !== '') await terminal.see(consequence);
    await terminal.see('Type yes to go on: ');
    if (answer === null) terminal.closeWindow();
    else terminal.type(answer);
    const { code, signal } = await terminal.ended();
    expect(code !== 0 || signal !== 0).toBe(true);
    expect({ keys: keys(), secrets: secrets(), folder: readdirSync(folder) }).toEqual(before);
  }
});

it('keys remove: with a typed yes the key is gone, and its history is in a private file', async () => {
  const terminal = new VigilTerminal(['keys', 'remove', pubkey, '--out', 'moved.json', ...AT], folder);
  await terminal.see('Type yes to go on: ');
  terminal.type('yes\r');
  expect((await terminal.ended()).code).toBe(0);
  expect(keys()).toHaveLength(1);
  expect(secrets()).toHaveLength(1);
  expect(statSync(join(folder, 'moved.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'moved.json'), 'utf8')).toContain(pubkey);
});
