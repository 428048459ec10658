import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { vigil, vigilOk } from './support/vigil-process.ts';

const PUBKEY = `0x${'a9'.repeat(48)}`;

let network: TestNetwork;
let dataDir: string;
beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'nowhere');
});
afterEach(() => rmSync(network.folder, { recursive: true, force: true }));

test.each([
  ['keys list', []],
  ['keys new', ['--random']],
  ['keys import', ['--keystores', 'x', '--password-file', 'x']],
  ['slashing-db status', []],
  ['slashing-db verify', []],
  ['slashing-db export', []],
  ['slashing-db accept-clock', ['--reason', 'x', '--yes']],
  ['audit show', []],
  ['audit verify', []],
  ['audit export', ['--out', '/nowhere/history.jsonl']],
  ['keys freeze', ['--all', '--reason', 'x']],
  ['keys unfreeze', ['--all', '--reason', 'x']],
  ['keys handover', ['--all', '--out-epoch', '99999999', '--yes']],
  ['keys override-floor', [PUBKEY, '--source-epoch', '1', '--reason', 'x', '--yes']],
])('vigil %s on a data directory that is not there is an error and makes none', async (verb, flags) => {
  const result = await vigil([
    ...verb.split(' '),
    ...flags,
    '--data-dir',
    dataDir,
    ...network.flags,
    '--json',
  ]);
  expect(JSON.parse(result.stderr)).toMatchObject({
    code: 'NOT_INITIALISED',
    message: expect.stringContaining(dataDir) as string,
    hint: expect.stringMatching(/--data-dir.*vigil init/) as string,
  });
  expect(result.stdout).toBe('');
  expect(result.code).toBe(1);
  expect(existsSync(dataDir)).toBe(false);
});

test('a data directory without keys has an empty list', async () => {
  mkdirSync(dataDir);
  expect(JSON.parse(await vigilOk(['keys', 'list', '--data-dir', dataDir, '--json']))).toEqual([]);
});
