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
import { att, clockAt, KEY_A, root, SPEC } from '../support/slashing-fixtures.ts';
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

describe('an anchor of this signer', () => {
  const anchored = () => {
    const directory = tempDirectory();
    return { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')] };
  };

  it('stops it on a database that has gone back meanwhile, and the others with it', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const options = { ...anchored(), clock };
    const guard = await openSigner(url, options);
    const other = await openSigner(url, { instance: 'two', clock });
    for (const one of [guard, other]) await one.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(1, 2));
    await guard.close();
    await queryAt(url, `UPDATE instances SET sequence = sequence - 1 WHERE name = 'one'`);
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('ALL_FROZEN');
  });

  it('that was made with another database stops it, and nobody else', async () => {
    const options = anchored();
    await (await openSigner(await freshDatabase(), options)).close();
    const url = await freshDatabase();
    const other = await openSigner(url, { instance: 'two' });
    await other.admitKey(KEY_A, false);
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN', exitCode: 3 });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('released');
  });

  it('that knows this signer by another name stops it, and says so; under that name it goes on', async () => {
    const url = await freshDatabase();
    const options = anchored();
    await (await openSigner(url, options)).close();
    const other = await openSigner(url, { instance: 'two' });
    await other.admitKey(KEY_A, false);
    for (const instance of ['three', 'two']) {
      const refused = openSigner(url, { ...options, instance });
      await expect(refused).rejects.toMatchObject({
        code: 'ANCHOR_OF_ANOTHER_SIGNER',
        exitCode: 3,
        message: expect.stringContaining(
          `kept by the signer one of the same database, and this is`,
        ) as string,
        hint: expect.stringContaining('--instance NAME') as string,
      });
    }
    // Nobody was put out by that.
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('released');
    await openSigner(url, { ...options, instance: 'one' });
  });

  it('that another signer keeps too stops whoever comes later, and freezes nothing', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const further = join(tempDirectory(), 'further');
    const sharing = (own = anchored()) => ({ ...own, anchors: [...own.anchors, further], clock });
    const one = sharing();
    const guard = await openSigner(url, one);
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
    const second = openSigner(url, { ...sharing(), instance: 'two' });
    await expect(second).rejects.toMatchObject({ code: 'ANCHOR_OF_ANOTHER_SIGNER', exitCode: 3 });
    await expect(second).rejects.toThrow(`the anchor ${further} is kept by the signer one`);
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
    await guard.close();
    // A start that was refused has left no row behind, and the anchor as it was.
    expect((await queryAt(url, 'SELECT name FROM instances')).rows).toEqual([{ name: 'one' }]);
    await openSigner(url, one);
  });

  it('that another signer keeps is a witness all the same: what it remembers must be there', async () => {
    const url = await freshDatabase();
    const { clock } = clockAt(1000);
    const further = join(tempDirectory(), 'further');
    const sharing = (own = anchored()) => ({ ...own, anchors: [...own.anchors, further], clock });
    const guard = await openSigner(url, sharing());
    const other = await openSigner(url, { instance: 'three', clock });
    for (const one of [guard, other]) await one.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
    await guard.close();
    await queryAt(url, `UPDATE instances SET sequence = sequence - 1 WHERE name = 'one'`);
    const second = openSigner(url, { ...sharing(), instance: 'two' });
    await expect(second).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await verdict(other, KEY_A, att(8, 9))).toBe('ALL_FROZEN');
  });

  it('that knows another database besides this one stops it, and freezes nobody', async () => {
    const url = await freshDatabase();
    const own = anchored();
    const further = join(tempDirectory(), 'further');
    const elsewhere = { ...anchored(), anchors: [further] };
    for (const [place, options] of [
      [url, own],
      [await freshDatabase(), elsewhere],
    ] as const) {
      const guard = await openSigner(place, options);
      await guard.admitKey(KEY_A, false);
      await guard.close();
    }
    const both = openSigner(url, { ...own, anchors: [...own.anchors, further] });
    await expect(both).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
    expect(await verdict(await openSigner(url, own), KEY_A, att(1, 2))).toBe('released');
  });

  it('that is missing, on another machine: no boot floor is put under the keys of all', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { ...anchored(), host: { machineId: 'a', bootId: 'a' } });
    await guard.admitKey(KEY_A, false);
    await guard.close();
    const again = await openSigner(url, { ...anchored(), host: { machineId: 'b', bootId: 'b' } });
    expect(again.protection).toEqual({ frozen: null, floor: null, floorOwed: null });
    expect(await verdict(again, KEY_A, att(1, 2))).toBe('released');
  });

  it('with --boot-floor always puts it down, once', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { bootFloor: 'always', clock: clockAt(1000).clock });
    expect(guard.protection.floor).not.toBeNull();
    expect(guard.protection.floorOwed).toBeNull();
  });
});
