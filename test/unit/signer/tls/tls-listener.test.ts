import { once } from 'node:events';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TlsSettings } from '../../../../core/config/tls-settings.ts';
import { openFrontDoor } from '../../../../signer/access/front-door.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { Registry } from 'prom-client';
import { createAccessMetrics } from '../../../../signer/access/access-metrics.ts';
import { accessFileText, bearer, digestOf, writeAccessFile } from '../../../support/access-fixture.ts';
import { attestation } from '../../../support/signer-bodies.ts';
import { json, JSON_HEADERS, LEFT_OPEN, rawExchange } from '../../../support/signer-client.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import {
  clientCa,
  connectTls,
  pem,
  putPair,
  sendTls,
  shows,
  tlsFiles,
} from '../../../support/tls-fixture.ts';
import { failureOf } from '../keystore/failure.ts';

const start = (tls: TlsSettings, accessFile: string | null = null, watchMs = 3_600_000) =>
  startSignerFixture({ frontDoor: { accessFile, tls, rateLimit: null, watchMs } });

const fingerprint = (name: string) => new X509Certificate(pem(name)).fingerprint256;
const vote = attestation(53n, 54n);

async function metric({ metrics }: Awaited<ReturnType<typeof start>>, name: string): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
}

describe('a TLS listener', () => {
  it('signs over TLS', async () => {
    const signer = await start(tlsFiles());
    const options = { method: 'POST', headers: JSON_HEADERS, body: vote };
    const answer = await sendTls(signer.url, `/api/v1/eth2/sign/${signer.pubkey}`, options);
    expect(answer.status).toBe(200);
    expect(json(answer)['signature']).toMatch(/^0x[0-9a-f]{192}$/);
  });

  it('is not trusted by a client of another CA', async () => {
    const signer = await start(tlsFiles());
    await expect(sendTls(signer.url, '/upcheck', { ca: pem('other-ca') })).rejects.toThrow(/certificate/);
  });

  it('says nothing to plain HTTP, and goes on', async () => {
    const signer = await start(tlsFiles());
    const said = await rawExchange(signer.url, 'GET /upcheck HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(said).not.toContain(LEFT_OPEN);
    expect(said).not.toContain('200');
    expect((await sendTls(signer.url, '/upcheck')).status).toBe(200);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s', async (version) => {
    const signer = await start(tlsFiles());
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(connectTls(signer.url, old)).rejects.toThrow();
    const { minVersion } = (await openedContext()).context;
    expect(minVersion).toBe('TLSv1.2');
  });

  it('speaks TLS 1.2 and 1.3', async () => {
    const signer = await start(tlsFiles());
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await connectTls(signer.url, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
  });
});

async function openedContext() {
  const modules = {
    token: 'x'.repeat(32),
    metrics: createAccessMetrics(new Registry()),
    log: createLogger('silent'),
  };
  const door = await openFrontDoor({ accessFile: null, tls: tlsFiles(), rateLimit: null }, modules);
  await door.stop();
  return door.tls!.keeper;
}

describe('client certificates that are required', () => {
  const required = () => tlsFiles('server', { clientCa: clientCa(), clientAuth: 'required' });

  it.each([null, 'vc-1-of-other-ca', 'expired'])('no connection with %s', async (name) => {
    const signer = await start(required());
    await expect(sendTls(signer.url, '/upcheck', shows(name))).rejects.toThrow();
  });

  it('a connection with one of the CA', async () => {
    const signer = await start(required());
    expect((await sendTls(signer.url, '/upcheck', shows('vc-1'))).status).toBe(200);
  });
});

describe('access by certificate', () => {
  const policy = `clients:
  - { name: one, certificate: { common-name: vc-1 } }
  - { name: ten, certificate: { fingerprint-sha256: "${fingerprint('vc-10')}" } }
  - { name: by-token, token-sha256: ${digestOf('by-token')} }
rules:
  - { client: one, actions: [sign, list-keys], allow: true }
  - { client: by-token, actions: list-keys, allow: true }
`;
  const list = '/api/v1/eth2/publicKeys';
  const json1 = { headers: JSON_HEADERS };

  it('lets in the right name and not another of the same CA', async () => {
    const tls = tlsFiles('server', { clientCa: clientCa(), clientAuth: 'required' });
    const signer = await start(tls, writeAccessFile(policy));
    expect((await sendTls(signer.url, list, { ...json1, ...shows('vc-1') })).status).toBe(200);
    const ten = await sendTls(signer.url, list, { ...json1, ...shows('vc-10') });
    expect([ten.status, json(ten)['code']]).toEqual([403, 'ACCESS_DENIED']);
    expect(json(ten)['message']).toContain('client ten');
    const stranger = await sendTls(signer.url, list, { ...json1, ...shows('server-2') });
    expect([stranger.status, json(stranger)['code']]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('takes no certificate of another CA for anything where they are optional', async () => {
    const tls = tlsFiles('server', { clientCa: clientCa(), clientAuth: 'optional' });
    const signer = await start(tls, writeAccessFile(policy));
    expect((await sendTls(signer.url, list, { ...json1, ...shows('vc-1') })).status).toBe(200);
    expect((await sendTls(signer.url, list, { ...json1, ...shows('vc-1-of-other-ca') })).status).toBe(401);
    expect((await sendTls(signer.url, list, { ...json1, ...shows(null) })).status).toBe(401);
    const headers = { ...JSON_HEADERS, ...bearer('by-token') };
    expect((await sendTls(signer.url, list, { headers, ...shows(null) })).status).toBe(200);
  });

  it('is refused at start where no certificate is asked for', async () => {
    const accessFile = writeAccessFile(policy);
    for (const tls of [null, tlsFiles()]) {
      const failed = failureOf(() => startSignerFixture({ frontDoor: { accessFile, tls, rateLimit: null } }));
      expect(await failed).toMatchObject({ code: 'ACCESS_FILE_INVALID' });
    }
  });
});

describe('a reload', () => {
  it('serves the new certificate to new connections, while an open one goes on', async () => {
    const tls = tlsFiles('server');
    const signer = await start(tls);
    const open = await connectTls(signer.url);
    expect(open.getPeerX509Certificate()!.fingerprint256).toBe(fingerprint('server'));
    putPair(tls, 'server-2');
    await signer.door.reload();
    const fresh = await connectTls(signer.url);
    expect(fresh.getPeerX509Certificate()!.fingerprint256).toBe(fingerprint('server-2'));
    fresh.destroy();
    open.write('GET /upcheck HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    const [answer] = (await once(open.setEncoding('utf8'), 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('of another client CA turns away whom the old one vouched for', async () => {
    const tls = tlsFiles('server', { clientAuth: 'required' });
    const authority = `${tls.cert}.ca`;
    copyFileSync(clientCa(), authority);
    const signer = await start({ ...tls, clientCa: authority });
    expect((await sendTls(signer.url, '/upcheck', shows('vc-1'))).status).toBe(200);
    // A session that could be resumed would be a way around the new CA.
    const before = await connectTls(signer.url, shows('vc-1'));
    const [session] = (await once(before, 'session')) as [Buffer];
    before.destroy();
    const resumed = await connectTls(signer.url, { ...shows('vc-1'), session });
    expect(resumed.isSessionReused()).toBe(true);
    resumed.destroy();
    copyFileSync(clientCa('other-ca'), authority);
    await signer.door.reload();
    await expect(sendTls(signer.url, '/upcheck', { ...shows('vc-1'), session })).rejects.toThrow();
    await expect(sendTls(signer.url, '/upcheck', shows('vc-1'))).rejects.toThrow();
    expect((await sendTls(signer.url, '/upcheck', shows('vc-1-of-other-ca'))).status).toBe(200);
  });

  it.each<[string, (tls: TlsSettings) => void]>([
    ['a key of another certificate', (tls) => putPair(tls, 'server-2', 'vc-1')],
    ['a certificate that has expired', (tls) => putPair(tls, 'expired')],
    ['no certificate', (tls) => writeFileSync(tls.cert, 'nothing')],
    ['half a certificate', (tls) => writeFileSync(tls.cert, pem('server-2').slice(0, 300))],
    [
      'a key that others can read',
      (tls) => {
        putPair(tls, 'server-2');
        chmodSync(tls.key, 0o640);
      },
    ],
  ])('of %s keeps the pair in force, and counts it', async (_what, spoil) => {
    const tls = tlsFiles('server');
    const signer = await start(tls);
    spoil(tls);
    await signer.door.reload();
    const socket = await connectTls(signer.url);
    expect(socket.getPeerX509Certificate()!.fingerprint256).toBe(fingerprint('server'));
    socket.destroy();
    expect(await metric(signer, 'vigil_tls_reload_failures_total')).toEqual([
      'vigil_tls_reload_failures_total 1',
    ]);
    putPair(tls, 'server-2');
    await signer.door.reload();
    const mended = await connectTls(signer.url);
    expect(mended.getPeerX509Certificate()!.fingerprint256).toBe(fingerprint('server-2'));
    mended.destroy();
  });

  it('happens by itself when the files change', async () => {
    const tls = tlsFiles('server');
    const signer = await start(tls, null, 20);
    expect((await sendTls(signer.url, '/upcheck')).status).toBe(200);
    putPair(tls, 'server-2');
    const served = async () => {
      const socket = await connectTls(signer.url);
      const { fingerprint256 } = socket.getPeerX509Certificate()!;
      socket.destroy();
      return fingerprint256;
    };
    await expect.poll(served, { timeout: 20_000 }).toBe(fingerprint('server-2'));
  });
});

const spoiling = (spoil: (tls: TlsSettings) => void) => (tls: TlsSettings) => {
  spoil(tls);
  return tls;
};

describe('TLS files at start', () => {
  it.each<[string, (tls: TlsSettings) => TlsSettings, string]>([
    ['a key of another certificate', spoiling((tls) => putPair(tls, 'server', 'vc-1')), 'TLS_FILES_INVALID'],
    ['a key that others can read', spoiling((tls) => chmodSync(tls.key, 0o644)), 'KEY_FILE_EXPOSED'],
    ['no key at all', spoiling((tls) => writeFileSync(tls.key, pem('server'))), 'TLS_FILES_INVALID'],
    ['no file', (tls) => ({ ...tls, cert: `${tls.cert}.not` }), 'KEY_FILE_MISSING'],
    [
      'a client CA that is none',
      (tls) => ({ ...tls, clientCa: clientCa('vc-1'), clientAuth: 'required' }),
      'TLS_FILES_INVALID',
    ],
  ])('with %s are refused', async (_what, spoil, code) => {
    const tls = tlsFiles();
    const failure = await failureOf(() => start(spoil(tls)));
    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain('BEGIN');
  });

  it('tell when they expire; without TLS there is no such metric', async () => {
    const name = 'vigil_tls_certificate_expiry_timestamp_seconds';
    const with_ = await start(tlsFiles('server', { clientCa: clientCa(), clientAuth: 'required' }));
    const at = Date.parse(new X509Certificate(pem('server')).validTo) / 1000;
    expect(await metric(with_, `${name}{`)).toEqual([
      `${name}{certificate="server"} ${at}`,
      `${name}{certificate="client-ca"} ${at}`,
    ]);
    const without = await startSignerFixture();
    expect(await metric(without, `${name}{`)).toEqual([]);
  });

  it('that have expired serve still: a signer that does not start serves nobody', async () => {
    const signer = await start(tlsFiles('expired'));
    expect((await sendTls(signer.url, '/upcheck', { rejectUnauthorized: false })).status).toBe(200);
  });
});

it('access files by token work over TLS as they do without', async () => {
  const rules = ['{ client: mon, actions: list-keys, allow: true }'];
  const signer = await start(tlsFiles(), writeAccessFile(accessFileText(['mon'], rules)));
  const headers = { ...JSON_HEADERS, ...bearer('mon') };
  const answer = await sendTls(signer.url, '/api/v1/eth2/publicKeys', { headers });
  expect(JSON.parse(answer.text)).toEqual([signer.pubkey]);
});
