import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { vigil, vigilOk } from './support/vigil-process.ts';

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

/** A beacon node that answers what was recorded of one of a minimal-preset network. */
async function withBeaconNode(use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const name = request.url?.endsWith('/genesis') ? 'genesis' : 'config_spec';
    const recorded = new URL(`../fixtures/beacon-api/${name}.json`, import.meta.url);
    response.setHeader('content-type', 'application/json').end(readFileSync(recorded));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

const RECORDED_ROOT = '0x05d79a31a8e69ecd78114c50ce73116be33027d8431b82fff6c0b3cd9c2cbb1f';

test('init reads the genesis of a network from a beacon node and writes it down', async () => {
  const [, config = ''] = network.flags;
  await withBeaconNode(async (url) => {
    await vigilOk(['init', '--data-dir', dataDir, '--network', config, '--beacon-node', url]);
  });
  // The node is gone, and nobody names it any more.
  const { network: named } = JSON.parse(
    await vigilOk(['config', 'check', '--json', '--data-dir', dataDir]),
  ) as {
    network: unknown;
  };
  expect(named).toMatchObject({ name: 'vigil-test', genesisValidatorsRoot: RECORDED_ROOT });
});

test('init takes the whole network from a beacon node, and later verbs the same', async () => {
  await withBeaconNode(async (url) => {
    await vigilOk(['init', '--data-dir', dataDir, '--beacon-node', url]);
    const { network: named } = JSON.parse(
      await vigilOk(['config', 'check', '--json', '--data-dir', dataDir]),
    ) as { network: unknown };
    expect(named).toMatchObject({ preset: 'minimal', genesisValidatorsRoot: RECORDED_ROOT });
    await vigilOk(['slashing-db', 'accept-clock', '--reason', 'x', '--yes', '--data-dir', dataDir]);
  });
});
