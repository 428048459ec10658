import { createServer } from 'node:http';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { vigil } from './support/vigil-process.ts';

let network: TestNetwork;
let dataDir: string;
beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
});
afterEach(() => rmSync(network.folder, { recursive: true, force: true }));

const check = (...flags: string[]) => vigil(['config', 'check', '--json', '--data-dir', dataDir, ...flags]);

async function valueOf(name: string, ...flags: string[]): Promise<unknown> {
  const { stdout, stderr } = await check(...flags);
  if (stdout === '') throw new Error(stderr);
  const { settings } = JSON.parse(stdout) as { settings: { name: string; value: string }[] };
  return settings.find((one) => one.name === name)?.value;
}

test.each([
  ['http-host', '0.0.0.0'],
  ['http-port', '9100'],
  ['http-host-allowlist', 'signer.lan'],
  ['http-host-allowlist', '*'],
  ['metrics-host', '0.0.0.0'],
  ['metrics-port', '0'],
  ['on-missing-history', 'refuse'],
  ['anchor', '/mnt/other/anchor'],
  ['boot-floor', 'always'],
  ['clock-tolerance', '2'],
  ['history-max-records', '1000'],
  ['doppelganger-epochs', '0'],
])('--%s %s is shown as it is in force', async (name, value) => {
  expect(await valueOf(name, `--${name}`, value)).toBe(value);
});

test('repeated names of the signer are all in force', async () => {
  const flags = ['--http-host-allowlist', 'a.lan', '--http-host-allowlist', 'b.lan'];
  expect(await valueOf('http-host-allowlist', ...flags)).toBe('a.lan, b.lan');
});

test('the metrics port that nobody named is shown as it will be', async () => {
  expect(await valueOf('metrics-port', '--http-port', '9100')).toBe('9101');
});

test.each([['config', 'check'], ['signer']])(
  '%s %s: the last HTTP port needs a metrics port',
  async (...verb) => {
    const result = await vigil([...verb, '--data-dir', dataDir, '--http-port', '65535', ...network.flags]);
    expect(result.stderr).toContain('metrics-port must be given');
    expect(result.code).toBe(2);
  },
);

test('a verb other than the signer reads an unknown network from a beacon node', async () => {
  const asked: string[] = [];
  const root = network.spec.genesisValidatorsRoot;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const genesis = {
      genesis_time: network.spec.genesisTimeSeconds.toString(),
      genesis_validators_root: root,
      genesis_fork_version: '0x00000001',
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: genesis }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [, config = ''] = network.flags;
    const made = await vigil([
      ...['init', '--json', '--data-dir', dataDir, '--network', config],
      ...['--beacon-node', url],
    ]);
    expect(JSON.parse(made.stdout)).toMatchObject({ genesisValidatorsRoot: root });
    expect(new Set(asked)).toEqual(new Set(['/eth/v1/beacon/genesis']));
  } finally {
    server.close();
  }
  // The node is gone, and nobody names it any more.
  const later = await check();
  expect(later.stderr).toBe('');
  expect(JSON.parse(later.stdout)).toMatchObject({
    network: { name: 'vigil-test', genesisValidatorsRoot: root },
  });
});
