import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigilOk } from './support/vigil-process.ts';

let network: TestNetwork;
let dataDir: string;
let signer: SignerProcess | null = null;

beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
});
afterEach(async () => {
  await signer?.kill();
  signer = null;
  rmSync(network.folder, { recursive: true, force: true });
});

const here = (...args: string[]) => [...args, '--data-dir', dataDir, ...network.flags];

async function newKey(): Promise<string> {
  await vigilOk(here('init'));
  const [pubkey = ''] = await newKeys(dataDir, network.flags);
  return pubkey;
}

function call({ url }: SignerProcess, method: string, path: string, body?: unknown): Promise<Response> {
  const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
  return fetch(`${url}${path}`, {
    method,
    headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test('settings of a key survive kill -9 and go with `vigil keys remove`', async () => {
  const pubkey = await newKey();
  const path = `/eth/v1/validator/${pubkey}/gas_limit`;
  signer = await SignerProcess.start(dataDir, network.flags);
  expect((await call(signer, 'POST', path, { gas_limit: '36000000' })).status).toBe(202);
  await signer.kill();
  signer = await SignerProcess.start(dataDir, network.flags);
  expect(await (await call(signer, 'GET', path)).json()).toEqual({ data: { pubkey, gas_limit: '36000000' } });
  expect(await signer.stop()).toBe(0);

  const file = join(dataDir, 'key-settings', `${pubkey}.json`);
  expect(existsSync(file)).toBe(true);
  await vigilOk(here('keys', 'remove', pubkey, '--out', join(network.folder, 'out.json'), '--yes'));
  expect(existsSync(file)).toBe(false);
});

test('--commit-boost on opens the API, with proxy keys in the data directory or where it is told', async () => {
  const pubkey = await newKey();
  const generate = () => call(signer!, 'POST', '/signer/v1/generate_proxy_key', { pubkey, scheme: 'ECDSA' });
  const elsewhere = join(network.folder, 'proxies');
  for (const [flags, folder] of [
    [[], join(dataDir, 'proxy-keys')],
    [['--proxy-keystores', elsewhere], elsewhere],
  ] as const) {
    signer = await SignerProcess.start(dataDir, [...network.flags, '--commit-boost', 'on', ...flags]);
    expect((await generate()).status).toBe(200);
    expect(existsSync(join(folder, pubkey, 'SECP256K1'))).toBe(true);
    expect(await signer.stop()).toBe(0);
  }
  signer = await SignerProcess.start(dataDir, network.flags);
  expect((await generate()).status).toBe(404);
});
