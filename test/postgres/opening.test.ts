import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { migrateDatabase, type PostgresTarget } from '../../slashing-db/index.ts';
import { unfitVersion } from '../../slashing-db/storage/postgres/assert-fit.ts';
import { clientConfig, shownUrl } from '../../slashing-db/storage/postgres/database-url.ts';
import { SCHEMA_VERSION } from '../../slashing-db/storage/postgres/migrations.ts';
import { passwordFromPassfile } from '../../slashing-db/storage/postgres/passfile.ts';
import { writeFileSync } from 'node:fs';
import { emptyDatabase, PostgresServer, queryAt } from '../support/postgres.ts';
import { freshDatabase, migrated, openSigner } from '../support/postgres-guards.ts';
import { att, KEY_A, root, SPEC } from '../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

const config = (url: string) => clientConfig({ url, passwordFile: null });

describe('a URL', () => {
  it.each([
    ['with a password', 'postgresql://u:secret@h/d', 'it has a password in it'],
    ['of something else', 'mysql://u@h/d', 'no postgresql:// URL'],
    ['without a user', 'postgresql://h/d', 'names no user'],
    ['without a database', 'postgresql://u@h', 'names no database'],
    [
      'with a parameter nobody knows',
      'postgresql://u@h/d?sslmod=verify-full',
      'the parameter sslmod is not known',
    ],
    ['that trusts any server', 'postgresql://u@h/d?sslmode=require', 'sslmode require would not make sure'],
    ['with a missing authority', 'postgresql://u@h/d?sslrootcert=/nowhere.pem', 'sslrootcert: ENOENT'],
    ['said twice', 'postgresql://u@h/d?sslmode=disable&sslmode=verify-full', 'sslmode is there twice'],
    [
      'without TLS to another machine',
      'postgresql://u@h/d?sslmode=disable',
      'sslmode disable is for this machine',
    ],
    [
      'without TLS to what looks like this one',
      'postgresql://u@localhost/d?sslmode=disable&host=db.example',
      'sslmode disable is for this machine',
    ],
  ])('%s is refused', (_what, url, message) => {
    expect(() => config(url)).toThrow(message);
    expect(() => config(url)).not.toThrow('secret');
  });

  it('wants TLS and the right server but on this machine', () => {
    expect(config('postgresql://u@db.example/d').ssl).toMatchObject({ rejectUnauthorized: true });
    expect(config('postgresql://u@localhost/d').ssl).toBe(false);
    expect(config('postgresql://u@localhost/d?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      ssl: false,
    });
  });

  it('is shown without a password', () => {
    expect(shownUrl('postgresql://u:secret@h/d')).toBe('postgresql://u:***@h/d');
  });
});

describe('a password file of libpq', () => {
  it('has the password of the first line that fits', () => {
    const file = join(tempDirectory(), 'pgpass');
    const lines = '# comment\nother:5432:d:u:no\nh:5432:*:u:with\\:colon\\\\\n*:*:*:*:last\n';
    writeFileSync(file, lines, { mode: 0o600 });
    const at = (host: string) => passwordFromPassfile(file, { host, port: 5432, database: 'd', user: 'u' });
    expect([at('h'), at('x')]).toEqual(['with:colon\\', 'last']);
    expect(passwordFromPassfile(undefined, { host: 'h', port: 1, database: 'd', user: 'u' })).toBeNull();
  });
});

describe('the version of a server', () => {
  it('is taken from 14 on, by what such a server says of itself', async () => {
    const { rows } = await queryAt(
      inject('postgresUrl'),
      `SELECT version(), current_setting('server_version_num') AS number`,
    );
    const [{ version, number }] = rows as [{ version: string; number: string }];
    expect(unfitVersion(version, number)).toBeNull();
    // The same server, had it been built from an older source.
    const [major = ''] = /\d+/.exec(version) ?? [];
    const older = version.replace(major, '13');
    expect(unfitVersion(older, number.replace(major, '13'))).toBe(
      `it is ${older}, and 14 is the oldest that will do`,
    );
  });

  it.each([
    ['PostgreSQL 14.0 on x86_64-pc-linux-gnu', '140000', true],
    ['PostgreSQL 13.23 (Debian 13.23-1.pgdg12+1) on x86_64-pc-linux-gnu', '130023', false],
    ['PostgreSQL 9.6.24 on x86_64-pc-linux-gnu', '90624', false],
    ['PostgreSQL 15beta1', null, false],
    // Relatives say on which PostgreSQL they are modelled, not what they can do.
    ['PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu', '110002', true],
    ['CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)', '130000', true],
  ])('%s', (version, number, fit) => {
    expect(unfitVersion(version, number) === null).toBe(fit);
  });
});

describe('a database that is not fit', () => {
  it.each([
    ['has no tables', async () => emptyDatabase(inject('postgresUrl')), 'DB_SCHEMA_MISSING'],
    ['is newer', () => changed('UPDATE vigil_schema SET version = 99'), 'DB_SCHEMA_TOO_NEW'],
    ['is older', () => changed('UPDATE vigil_schema SET version = 0'), 'DB_SCHEMA_BEHIND'],
    [
      'is of another network',
      () => changed(`UPDATE chain SET genesis_validators_root = decode(repeat('ab', 32), 'hex')`),
      'DB_WRONG_NETWORK',
    ],
    [
      'is read-only',
      async () =>
        (await freshDatabase()).replace('search_path', 'default_transaction_read_only%3Don%20-csearch_path'),
      'DB_UNREACHABLE',
    ],
    ['does not answer', () => Promise.resolve('postgresql://u@127.0.0.1:1/d'), 'DB_UNREACHABLE'],
  ])('%s', async (_what, url, code) => {
    await expect(openSigner(await url())).rejects.toMatchObject({ code });
  });

  it('lies about its disk', async () => {
    const server = await PostgresServer.start(['fsync = off']);
    try {
      const url = await server.emptyDatabase();
      await expect(migrated(url)).rejects.toMatchObject({ code: 'DB_SERVER_UNFIT', exitCode: 3 });
    } finally {
      await server.stop();
    }
  });

  it.each(['LATIN1', 'SQL_ASCII'])('is encoded in %s', async (encoding) => {
    const url = new URL(inject('postgresUrl'));
    const name = `encoded_${randomUUID().replaceAll('-', '')}`;
    await queryAt(url.href, `CREATE DATABASE ${name} ENCODING ${encoding} LOCALE 'C' TEMPLATE template0`);
    onTestFinished(async () => {
      await queryAt(inject('postgresUrl'), `DROP DATABASE ${name}`);
    });
    url.pathname = name;
    await expect(migrated(url.href)).rejects.toMatchObject({ code: 'DB_SERVER_UNFIT', exitCode: 3 });
    await expect(migrated(url.href)).rejects.toThrow(`encoded in ${encoding}`);
  });

  it('does not wait for its disk unless it is told to, which it is', async () => {
    const url = await freshDatabase();
    const lax = url.replace('search_path', 'synchronous_commit%3Doff%20-csearch_path');
    const guard = await openSigner(lax);
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
  });
});

async function changed(sql: string): Promise<string> {
  const url = await freshDatabase();
  await queryAt(url, sql);
  return url;
}

describe('migrate', () => {
  it('works for several at once, and again', async () => {
    const target = async () => ({ url: await emptyDatabase(inject('postgresUrl')), passwordFile: null });
    const migrate = async (to: PostgresTarget) =>
      (await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(to, SPEC.genesisValidatorsRoot)))).map(
        ({ from }) => from,
      );
    // What they do to each other depends on the moment.
    for (let round = 0; round < 10; round += 1) {
      expect((await migrate(await target())).sort()).toEqual([
        0,
        SCHEMA_VERSION,
        SCHEMA_VERSION,
        SCHEMA_VERSION,
      ]);
    }
    const { url } = await target();
    await migrated(url);
    await expect(migrateDatabase({ url, passwordFile: null }, root(5))).rejects.toMatchObject({
      code: 'DB_WRONG_NETWORK',
    });
  });
});
