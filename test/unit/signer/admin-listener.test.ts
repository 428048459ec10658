import { describe, expect, it } from 'vitest';
import type { SignerOptions } from '../../../signer/signer-options.ts';
import { JSON_HEADERS, send } from '../../support/signer-client.ts';
import { startDaemon } from '../../support/signer-daemon.ts';
import { startSignerFixture } from '../../support/signer-fixture.ts';
import { KEYSTORES } from '../../support/signer-keymanager.ts';

async function start(options: Partial<SignerOptions>) {
  const made = await startSignerFixture();
  await made.close();
  const { dataDir, token, pubkey } = made;
  const signer = await startDaemon(dataDir, options);
  const headers = { ...JSON_HEADERS, authorization: `Bearer ${token}` };
  const at = (port: number | undefined) => `http://127.0.0.1:${port}`;
  const get = (port: number | undefined, path: string) => send(at(port), path, { headers });
  return { signer, pubkey, get, at, headers };
}

const SIGNING = '/api/v1/eth2/publicKeys';

describe('the keymanager and admin API', () => {
  it('are on the signing port unless told otherwise', async () => {
    const { signer, get } = await start({});
    expect(signer.ports.admin).toBeUndefined();
    expect((await get(signer.ports.http, KEYSTORES)).status).toBe(200);
    expect((await get(signer.ports.http, SIGNING)).status).toBe(200);
  });

  it('are on their own port only when they have one, and nothing is signed there', async () => {
    const { signer, get, at, headers } = await start({ admin: { host: '127.0.0.1', port: 0 } });
    const { http, admin } = signer.ports;
    expect(admin).not.toBe(http);
    expect((await get(admin, KEYSTORES)).status).toBe(200);
    expect((await get(http, KEYSTORES)).status).toBe(404);
    expect((await get(http, SIGNING)).status).toBe(200);
    expect((await get(admin, SIGNING)).status).toBe(404);
    const act = { method: 'POST', headers, body: { pubkeys: 'all', reason: 'test' } };
    expect((await send(at(http), '/vigil/v1/keys/freeze', act)).status).toBe(404);
    expect((await send(at(admin), '/vigil/v1/keys/freeze', act)).status).toBe(200);
    expect((await get(admin, '/upcheck')).status).toBe(200);
  });
});

it('a front door that cannot be opened ends the start before the database is', async () => {
  const frontDoor = { accessFile: '/nowhere/access.yaml', tls: null, rateLimit: null };
  await expect(start({ frontDoor })).rejects.toMatchObject({ code: 'ACCESS_FILE_INVALID' });
});
