import { X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PostgresServer } from '../support/postgres.ts';
import { freshDatabase, migrated, openSigner } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';
import { clientCa, pem } from '../support/tls-fixture.ts';

const HBA = `
hostssl all "vc-1" 127.0.0.1/32 cert
hostssl all vigil 127.0.0.1/32 trust
hostnossl all vigil 127.0.0.1/32 trust
`;

let server: PostgresServer;
let database: string;

beforeAll(async () => {
  const settings = ['ssl = on', "ssl_ca_file = 'ca.pem'"];
  server = await PostgresServer.start(settings, {
    'server.crt': pem('server'),
    'server.key': pem('server.key'),
    'ca.pem': pem('ca'),
    'pg_hba.conf': HBA,
  });
  await server.query('CREATE ROLE "vc-1" SUPERUSER LOGIN');
  database = await migrated(await server.emptyDatabase());
});

afterAll(() => server.stop());

/** The server shows another certificate from now on. */
async function shows(name: string): Promise<void> {
  server.put('server.crt', pem(name));
  server.put('server.key', pem(`${name}.key`));
  await server.query('SELECT pg_reload_conf()');
  await expect
    .poll(shown, { timeout: 10_000, interval: 10 })
    .toBe(new X509Certificate(pem(name)).fingerprint256);
}

/** The fingerprint of the certificate that the server shows to who comes now. */
async function shown(): Promise<string> {
  const client = new pg.Client({
    connectionString: server.url.replace('?sslmode=disable', ''),
    ssl: { rejectUnauthorized: false },
  });
  await client.connect();
  try {
    const { stream } = (client as unknown as { connection: { stream: TLSSocket } }).connection;
    return stream.getPeerX509Certificate()!.fingerprint256;
  } finally {
    await client.end();
  }
}

interface Wish {
  readonly of?: string;
  readonly user?: string;
  readonly host?: string;
  readonly mode?: string;
  readonly ca?: string;
  readonly more?: string;
}

function urlOf({ of = database, user = 'vigil', host = '127.0.0.1', mode, ca = 'ca', more = '' }: Wish) {
  const tls = `sslmode=${mode ?? 'verify-full'}&sslrootcert=${clientCa(ca)}${more}`;
  return of.replace('vigil@127.0.0.1', `${user}@${host}`).replace('sslmode=disable', tls);
}

/** How the server sees the signer's connection. */
async function encrypted(): Promise<unknown> {
  const { rows } = await server.query(
    `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'vigil signer%'`,
  );
  return rows;
}

const cutAll = () =>
  server.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'vigil signer%'`,
  );

describe('TLS to the server of the database', () => {
  it.each(['127.0.0.1', 'localhost'])(
    'verify-full to %s: signs over an encrypted connection',
    async (host) => {
      const guard = await openSigner(urlOf({ host }));
      await guard.admitKey(KEY_A, false);
      expect(
        await verdict(guard, KEY_A, att(host === 'localhost' ? 2 : 1, host === 'localhost' ? 3 : 2)),
      ).toBe('released');
      expect(await encrypted()).toEqual([{ ssl: true }]);
    },
  );

  it('of another authority is refused before anything is said', async () => {
    await expect(openSigner(urlOf({ ca: 'other-ca' }))).rejects.toMatchObject({
      code: 'DB_SERVER_UNVERIFIED',
      exitCode: 3,
      hint: expect.stringContaining('sslrootcert') as string,
    });
    // Nor are those that the system trusts enough.
    const url = urlOf({}).replace(/&sslrootcert=[^&]*/, '');
    await expect(openSigner(url)).rejects.toMatchObject({ code: 'DB_SERVER_UNVERIFIED' });
  });

  it('under another name is refused, unless the name is not asked for', async () => {
    await shows('key-vault');
    try {
      const refused = openSigner(urlOf({ ca: 'key-vault', host: 'localhost' }));
      await expect(refused).rejects.toMatchObject({ code: 'DB_SERVER_UNVERIFIED' });
      await expect(refused).rejects.toThrow("does not match certificate's altnames");
      await openSigner(urlOf({ ca: 'key-vault', host: 'localhost', mode: 'verify-ca' }));
    } finally {
      await shows('server');
    }
  });

  it('with a certificate that is over is refused', async () => {
    await shows('expired');
    try {
      const refused = openSigner(urlOf({}));
      await expect(refused).rejects.toMatchObject({ code: 'DB_SERVER_UNVERIFIED' });
      await expect(refused).rejects.toThrow('certificate has expired');
    } finally {
      await shows('server');
    }
  });

  it('to a server that has none is refused, and nothing is said in the clear', async () => {
    const plain = await freshDatabase();
    expect(new URL(plain).port).toBe(new URL(inject('postgresUrl')).port);
    const refused = openSigner(urlOf({ of: plain }));
    await expect(refused).rejects.toMatchObject({ code: 'DB_SERVER_UNVERIFIED' });
    await expect(refused).rejects.toThrow('does not support SSL');
  });

  it('with a certificate of our own, whose key is nobody else’s to read', async () => {
    const key = join(tempDirectory(), 'vc-1.key.pem');
    copyFileSync(clientCa('vc-1.key'), key);
    const url = urlOf({ user: 'vc-1', more: `&sslcert=${clientCa('vc-1')}&sslkey=${key}` });
    chmodSync(key, 0o644);
    await expect(openSigner(url)).rejects.toMatchObject({ code: 'DB_SECRET_EXPOSED', exitCode: 3 });
    chmodSync(key, 0o600);
    const guard = await openSigner(url);
    // While somebody exchanges it, a signer that runs waits.
    chmodSync(key, 0o644);
    await cutAll();
    await expect
      .poll(() => guard.unavailable?.reason, { timeout: 5000, interval: 10 })
      .toBe('GUARD_UNAVAILABLE');
    chmodSync(key, 0o600);
    await expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
    await expect(openSigner(urlOf({ user: 'vc-1' }))).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
  });

  it('goes on over a new certificate of the same authority without an operator', async () => {
    const away: (string | null)[] = [];
    const guard = await openSigner(urlOf({}), { instance: 'renewed', onAvailable: (why) => away.push(why) });
    await guard.admitKey(KEY_A, false);
    await shows('expired');
    await cutAll();
    await expect
      .poll(() => guard.unavailable?.reason, { timeout: 5000, interval: 10 })
      .toBe('GUARD_UNAVAILABLE');
    expect(await verdict(guard, KEY_A, att(7, 8))).toBe('GUARD_UNAVAILABLE');
    await expect.poll(() => away.join('\n')).toContain('certificate has expired');
    await shows('server-2');
    await expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
    expect(await verdict(guard, KEY_A, att(7, 8))).toBe('released');
  });
});
