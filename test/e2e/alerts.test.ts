import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALERTS } from '../../monitor/alerting/index.ts';
import { vigil, vigilOk } from './support/vigil-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-alerts-e2e-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rules = (): string => readFileSync(join(folder, 'vigil.rules.yml'), 'utf8');

test('alerts install writes rules with the epochs of the network, and the runbooks', async () => {
  await vigilOk(['alerts', 'install', '--dir', folder]);
  expect(rules()).toContain('an epoch is 6m24s');
  expect(readdirSync(join(folder, 'runbooks'))).toHaveLength(ALERTS.length + 1);
  expect(rules()).toContain(`runbook_url: file://${folder}/runbooks/validator-slashed.md`);

  // Another network over it: nobody changed anything.
  const told = await vigilOk(['alerts', 'install', '--dir', folder, '--network', 'gnosis', '--json']);
  expect(JSON.parse(told)).toMatchObject({ files: { 'vigil.rules.yml': 'updated' } });
  expect(rules()).toContain('an epoch is 1m20s');

  // No genesis has to be named for a network of one's own.
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'PRESET_BASE: minimal\nSECONDS_PER_SLOT: 6\nGENESIS_FORK_VERSION: 0x00000001\n');
  await vigilOk(['alerts', 'install', '--dir', folder, '--network', config]);
  expect(rules()).toContain('an epoch is 48s');
  await vigilOk(['alerts', 'install', '--dir', folder, '--network', 'ephemery']);
});

test('alerts install leaves alone what was changed', async () => {
  const args = [
    'alerts',
    'install',
    '--dir',
    folder,
    '--only',
    'monitor',
    '--runbooks',
    'https://wiki.example/vigil/',
  ];
  await vigilOk(args);
  expect(rules()).toContain('runbook_url: https://wiki.example/vigil/validator-slashed.md');
  expect(rules()).not.toContain('vigil-signer');
  appendFileSync(join(folder, 'vigil.rules.yml'), '# mine\n');
  const refused = await vigil(args);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('vigil.rules.yml')]);
  expect(rules()).toContain('# mine');
  await vigilOk([...args, '--force']);
  expect(rules()).not.toContain('# mine');
});

test('arguments that cannot be used are usage errors', async () => {
  for (const wrong of [
    ['install', '--runbooks', 'wiki', '--dir', folder],
    ['install', '--only', 'beacon', '--dir', folder],
    ['test', '--prometheus', 'localhost'],
    ['test', '--severity', 'none'],
  ]) {
    expect((await vigil(['alerts', ...wrong])).code, wrong.join(' ')).toBe(2);
  }
});

test('alerts test without anybody to ask fails and says whom', async () => {
  // Nothing listens on port 1.
  const { code, stderr } = await vigil([
    'alerts',
    'test',
    '--alertmanager',
    'http://user:secret@127.0.0.1:1',
    '--json',
  ]);
  expect([code, JSON.parse(stderr)]).toEqual([
    1,
    expect.objectContaining({
      code: 'ALERTING_NOT_REACHED',
      message: expect.stringContaining('http://127.0.0.1:1/api/v2/alerts') as string,
    }),
  ]);
  expect(stderr).not.toContain('secret');
});
