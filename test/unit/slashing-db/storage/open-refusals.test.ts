import Database from 'better-sqlite3';
import { fork } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exportDatabase, readDatabaseStatus } from '../../../../slashing-db/index.ts';
import { SCHEMA_VERSION } from '../../../../slashing-db/storage/sqlite/migrations.ts';
import { att, GENESIS_VALIDATORS_ROOT, key, KEY_A, root, SPEC } from '../../../support/slashing-fixtures.ts';
import { exportOf, openTestGuard, tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** A database with history in it, closed. */
async function closedDatabase(keys = 1): Promise<string> {
  const path = tempDatabase();
  const guard = openTestGuard(path);
  await Promise.all(
    Array.from({ length: keys }, async (_, n) => {
      await guard.admitKey(key(n + 1), false);
      await verdict(guard, key(n + 1), att(1, 2));
    }),
  );
  await guard.close();
  return path;
}

function edit(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

const open = (path: string) => () => openTestGuard(path);
const coded = (code: string) => expect.objectContaining({ code }) as Error;

describe('opening', () => {
  it('refuses a second guard in the same process, naming the pid', () => {
    const path = tempDatabase();
    openTestGuard(path);
    expect(open(path)).toThrow(coded('DB_IN_USE'));
    expect(open(path)).toThrow(`process ${process.pid}`);
    expect(() => exportDatabase(path, [])).toThrow(coded('DB_IN_USE'));
  });

  it('refuses while another process has it, and succeeds once that was killed', async () => {
    const path = await closedDatabase();
    const holder = fork(join(import.meta.dirname, 'hold-database.ts'), [path]);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await new Promise((resolve) => holder.once('message', resolve));
    expect(open(path)).toThrow(coded('DB_IN_USE'));
    expect(open(path)).toThrow(`process ${holder.pid}`);
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    expect(await verdict(openTestGuard(path), KEY_A, att(1, 2, 2))).toBe('DOUBLE_VOTE');
  });

  it('refuses a database of another network and leaves it as it was', async () => {
    const path = await closedDatabase();
    const other = { ...SPEC, genesisValidatorsRoot: root(0xbad) };
    expect(() => openTestGuard(path, { spec: other })).toThrow(coded('DB_WRONG_NETWORK'));
    expect(() => openTestGuard(path, { spec: other })).toThrow(GENESIS_VALIDATORS_ROOT);
    expect(openTestGuard(path).statusOf(KEY_A).attestation).toMatchObject({ source: 1n, target: 2n });
  });

  it('refuses a database of a newer version', async () => {
    const path = await closedDatabase();
    edit(path, 'PRAGMA user_version = 99');
    expect(open(path)).toThrow(coded('DB_SCHEMA_TOO_NEW'));
    expect(() => readDatabaseStatus(path)).toThrow(coded('DB_SCHEMA_TOO_NEW'));
  });

  it('refuses a SQLite file of another program and leaves it alone', () => {
    const path = tempDatabase();
    edit(path, 'CREATE TABLE shopping (item TEXT)');
    chmodSync(path, 0o600);
    const before = readFileSync(path);
    expect(open(path)).toThrow(coded('DB_NOT_OURS'));
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses what is no SQLite file at all', () => {
    const path = tempDatabase();
    writeFileSync(path, 'not a database, but long enough to look at'.repeat(200), { mode: 0o600 });
    expect(open(path)).toThrow(coded('DB_CORRUPT'));
  });

  it('refuses a file that was cut off', async () => {
    const path = await closedDatabase(100);
    truncateSync(path, statSync(path).size - 4096);
    expect(open(path)).toThrow(coded('DB_CORRUPT'));
  });

  it('refuses a file with overwritten pages', async () => {
    const path = await closedDatabase(100);
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096 * 2, 4096 * 4);
    writeFileSync(path, bytes);
    expect(open(path)).toThrow(coded('DB_CORRUPT'));
  });

  it('lets go of the lock when it refuses', async () => {
    const path = await closedDatabase();
    edit(path, 'PRAGMA user_version = 99');
    expect(open(path)).toThrow(coded('DB_SCHEMA_TOO_NEW'));
    edit(path, `PRAGMA user_version = ${SCHEMA_VERSION}`);
    expect(open(path)).not.toThrow();
  });

  it('says when the directory is missing', () => {
    expect(open(join(tempDatabase(), 'deeper', 'slashing.sqlite'))).toThrow(coded('DB_CANNOT_OPEN'));
  });
});

describe('the files', () => {
  it('are for their owner only', async () => {
    const path = tempDatabase();
    const previous = process.umask(0);
    onTestFinished(() => void process.umask(previous));
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    for (const file of [path, `${path}-wal`, `${path}.lock`, `${path}.pid`]) {
      expect([file, (statSync(file).mode & 0o777).toString(8)]).toEqual([file, '600']);
    }
    await guard.close();
    expect(existsSync(`${path}.pid`)).toBe(false);
  });

  it.each([0o640, 0o604, 0o620, 0o666])('are refused with mode %o', async (mode) => {
    const path = await closedDatabase();
    chmodSync(path, mode);
    expect(open(path)).toThrow(coded('DB_FILE_EXPOSED'));
    chmodSync(path, 0o600);
    expect(open(path)).not.toThrow();
  });
});

describe('reading beside the guard', () => {
  it('shows the watermarks while the guard works, and exports the same once it is closed', async () => {
    const path = tempDatabase();
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(1, 2));
    const status = readDatabaseStatus(path);
    expect(status).toMatchObject({
      genesisValidatorsRoot: GENESIS_VALIDATORS_ROOT,
      sequence: 2n,
      generation: 1n,
    });
    expect(status.keys).toMatchObject([{ pubkey: KEY_A, state: 'active', attestation: { target: 2n } }]);
    const text = exportOf(guard);
    await guard.close();
    expect(exportDatabase(path, [])).toEqual({ keys: 1, text });
  });
});
