import { describe, expect, it, onTestFinished } from 'vitest';
import { assertServerFit } from '../../slashing-db/storage/postgres/assert-fit.ts';
import { Connection } from '../../slashing-db/storage/postgres/connection.ts';
import { clientConfig } from '../../slashing-db/storage/postgres/database-url.ts';
import { DatabaseAway } from '../../slashing-db/storage/sharing-port.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner, rowsAt } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

async function connected(url: string): Promise<Connection> {
  const connection = await Connection.open(clientConfig({ url, passwordFile: null }));
  onTestFinished(() => connection.close());
  return connection;
}

const withSettings = (url: string, ...settings: readonly string[]): string =>
  url.replace(
    '-csearch_path',
    `${settings.map((one) => `-c${encodeURIComponent(one)}%20`).join('')}-csearch_path`,
  );

describe('a session', () => {
  const settings = async (url: string) => {
    const connection = await connected(url);
    await assertServerFit(connection);
    const names = `'synchronous_commit', 'statement_timeout', 'lock_timeout',
      'idle_in_transaction_session_timeout', 'client_min_messages'`;
    const text = `SELECT name, setting, source FROM pg_settings WHERE name IN (${names}) ORDER BY name`;
    const [rows = []] = await connection.ask([{ text }]);
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['session']));
    return Object.fromEntries(rows.map(({ name, setting }) => [String(name), setting])) as Record<
      string,
      unknown
    >;
  };
  const OURS = {
    client_min_messages: 'warning',
    idle_in_transaction_session_timeout: '5000',
    lock_timeout: '2000',
    statement_timeout: '0',
    synchronous_commit: 'on',
  };

  it('has its own settings, also where they are the same already: a reload of the server changes them no more', async () => {
    expect(await settings(await freshDatabase())).toEqual(OURS);
  });

  it('has them whatever the URL, the role or the server say', async () => {
    const lax = [
      'synchronous_commit=off',
      'client_min_messages=error',
      'statement_timeout=100',
      'lock_timeout=0',
    ];
    expect(await settings(withSettings(await freshDatabase(), ...lax))).toEqual(OURS);
    expect(await settings(withSettings(await freshDatabase(), 'synchronous_commit=local'))).toEqual(OURS);
  });

  it('leaves an operator who asked for more what he asked for', async () => {
    const url = withSettings(await freshDatabase(), 'synchronous_commit=remote_apply');
    expect(await settings(url)).toMatchObject({ synchronous_commit: 'remote_apply' });
  });
});

describe('what is asked together', () => {
  it('fails with the first error, not with what follows from it', async () => {
    const connection = await connected(await freshDatabase());
    const asked = connection.ask([
      { text: 'BEGIN' },
      { text: 'SELECT 1/0' },
      { text: 'SELECT 1' },
      { text: 'COMMIT' },
    ]);
    await expect(asked).rejects.toMatchObject({ code: '22012' });
    expect(connection.lost).toBe(false);
  });

  it('is no commit when the database answers it with ROLLBACK', async () => {
    const connection = await connected(await freshDatabase());
    await connection.ask([{ text: 'BEGIN' }]);
    await expect(connection.ask([{ text: 'SELECT 1/0' }])).rejects.toThrow();
    await expect(connection.ask([{ text: 'COMMIT' }])).rejects.toThrow(DatabaseAway);
  });

  it('counts as lost with a warning, after which the connection is used no more', async () => {
    const connection = await connected(await freshDatabase());
    const text = `DO $$ BEGIN RAISE NOTICE 'well'; END $$`;
    await connection.ask([{ text }]);
    const warned = connection.ask([{ text: text.replace('NOTICE', 'WARNING') }, { text: 'SELECT 1' }]);
    await expect(warned).rejects.toThrow(DatabaseAway);
    expect(connection.lost).toBe(true);
    await expect(connection.ask([{ text: 'SELECT 1' }])).rejects.toThrow(DatabaseAway);
  });

  it('counts as lost without an answer', async () => {
    const connection = await connected(await freshDatabase());
    await expect(connection.ask([{ text: 'SELECT pg_sleep(5)' }], 100)).rejects.toThrow('no answer');
    expect(connection.lost).toBe(true);
  });
});

it('a commit that the database warns of is not answered with a signature, and settled when it is back', async () => {
  const url = await freshDatabase();
  const guard = await openSigner(url);
  await guard.admitKey(KEY_A, false);
  // As when a wait for the synchronous standby is broken off: the commit stands, and may be nowhere else.
  await queryAt(
    url,
    `CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication'; RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER warn AFTER UPDATE ON keys DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION warn()`,
  );
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
  await queryAt(url, 'DROP TRIGGER warn ON keys');
  await expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
  expect(guard.statusOf(KEY_A).attestation?.target).toBe(3n);
  expect(await verdict(guard, KEY_A, att(2, 3, 2))).toBe('DOUBLE_VOTE');
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  expect(await rowsAt(url, `SELECT count(*) AS n FROM history WHERE verdict = 'signed'`)).toEqual([
    { n: 2n },
  ]);
});
