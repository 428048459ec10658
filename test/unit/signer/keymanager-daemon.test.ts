import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningSigner } from '../../../signer/signer-options.ts';
import { send } from '../../support/signer-client.ts';
import { startDaemon } from '../../support/signer-daemon.ts';
import { startSignerFixture } from '../../support/signer-fixture.ts';
import { failureOf } from './keystore/failure.ts';

async function dataDirectory() {
  const made = await startSignerFixture();
  await made.close();
  return made;
}

function call({ ports }: RunningSigner, dataDir: string, method: string, path: string, body?: unknown) {
  const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return send(`http://127.0.0.1:${ports.http}`, path, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body }),
  });
}

describe('the daemon', () => {
  it('keeps the settings of keys, and does not start over a file that it cannot read', async () => {
    const { dataDir, pubkey } = await dataDirectory();
    const path = `/eth/v1/validator/${pubkey}/gas_limit`;
    const first = await startDaemon(dataDir);
    expect((await call(first, dataDir, 'POST', path, { gas_limit: '36000000' })).status).toBe(202);
    await first.stop();
    const second = await startDaemon(dataDir);
    expect(JSON.parse((await call(second, dataDir, 'GET', path)).text)).toEqual({
      data: { pubkey, gas_limit: '36000000' },
    });
    await second.stop();
    writeFileSync(join(dataDir, 'key-settings', `${pubkey}.json`), '{');
    expect((await failureOf(() => startDaemon(dataDir))).code).toBe('KEY_SETTINGS_INVALID');
  });

  it('speaks to Commit-Boost only when it is given a folder, and leaves nothing open when that fails', async () => {
    const { dataDir, pubkey } = await dataDirectory();
    const path = '/signer/v1/get_pubkeys';
    const off = await startDaemon(dataDir);
    expect((await call(off, dataDir, 'GET', path)).status).toBe(404);
    await off.stop();

    const proxyKeystores = join(dataDir, 'elsewhere', 'proxies');
    const on = await startDaemon(dataDir, { proxyKeystores });
    expect(JSON.parse((await call(on, dataDir, 'GET', path)).text)).toEqual({
      keys: [{ consensus: pubkey, proxy_bls: [], proxy_ecdsa: [] }],
    });
    const body = { pubkey, scheme: 'ECDSA' };
    expect((await call(on, dataDir, 'POST', '/signer/v1/generate_proxy_key', body)).status).toBe(200);
    expect(existsSync(join(proxyKeystores, pubkey, 'SECP256K1'))).toBe(true);
    await on.stop();

    writeFileSync(join(dataDir, 'proxy-password.txt'), '');
    expect((await failureOf(() => startDaemon(dataDir, { proxyKeystores }))).code).toBe(
      'KEYSTORE_BAD_PASSWORD',
    );
    // The database is free again, and without the API the validators sign.
    await startDaemon(dataDir);
  });
});
