import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, inject, onTestFinished } from 'vitest';
import { emptyDatabase, queryAt } from './postgres.ts';
import { migrateDatabase, openAnyGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import type { ChainHead, HistoryRecord } from '../../slashing-db/history/hash-chain.ts';
import { Connection, type Row } from '../../slashing-db/storage/postgres/connection.ts';
import { clientConfig } from '../../slashing-db/storage/postgres/database-url.ts';
import { recordOfRow, type HistoryRow } from '../../slashing-db/history/record-of-row.ts';
import { PostgresStorage } from '../../slashing-db/storage/postgres/postgres-storage.ts';
import { instanceOf } from '../../slashing-db/storage/postgres/instance-row.ts';
import { SPEC } from './slashing-fixtures.ts';
import { tempDirectory, TRUSTING } from './temp-guard.ts';

/** The tables of Vigil in an empty database. */
export async function migrated(url: string, root = SPEC.genesisValidatorsRoot): Promise<string> {
  await migrateDatabase({ url, passwordFile: null }, root);
  return url;
}

/** A database of its own on the server that all test files share. */
export const freshDatabase = async (): Promise<string> =>
  migrated(await emptyDatabase(inject('postgresUrl')));

export interface SignerOptions extends Partial<Omit<OpenGuardOptions, 'shared'>> {
  readonly instance?: string;
}

/** A signer on a shared database, with a data directory and an anchor of its own; closed after the test. */
export async function openSigner(url: string, options: SignerOptions = {}): Promise<Guard> {
  const { instance = 'one', path = join(tempDirectory(), 'slashing.sqlite'), ...rest } = options;
  const guard = await openAnyGuard({
    ...TRUSTING,
    ...rest,
    path,
    shared: { url, passwordFile: null, instance },
  });
  onTestFinished(() => guard.close());
  return guard;
}

/** The storage of a signer without a guard over it. */
export async function openStorage(url: string, instance = 'one'): Promise<PostgresStorage> {
  const storage = await PostgresStorage.open({
    ...{ target: { url, passwordFile: null }, instance, historyMaxRecords: 1_000_000n },
    genesisValidatorsRoot: SPEC.genesisValidatorsRoot,
    anchors: [],
    judge: () => null,
    onCommit: () => undefined,
    onClose: () => undefined,
  });
  onTestFinished(() => storage.close());
  return storage;
}

/** What one query says, integers as bigint. */
export async function rowsAt(url: string, text: string): Promise<Row[]> {
  const connection = await Connection.open(clientConfig({ url, passwordFile: null }));
  try {
    const [rows = []] = await connection.ask([{ text }]);
    return rows;
  } finally {
    await connection.close();
  }
}

/** The same database by another way. */
export function throughPort(url: string, port: number): string {
  return url.replace(/:\d+\//, `:${port}/`);
}

/** Until a signer waits for what somebody else has locked. */
export async function waitsForALock(url: string): Promise<void> {
  const waiting = `SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND application_name = (SELECT 'vigil signer ' || database_id FROM chain)`;
  await expect
    .poll(async () => (await queryAt(url, waiting)).rows as unknown, { timeout: 3500, interval: 10 })
    .toEqual([{ waiting: 1 }]);
}

export interface StoredHistory {
  readonly instance: string;
  /** What its chain begins with. */
  readonly id: string;
  readonly base: ChainHead;
  readonly head: ChainHead;
  readonly records: HistoryRecord[];
}

/** What every signer of a database has on record, as it stands in the tables. */
export async function historyOf(url: string): Promise<StoredHistory[]> {
  const connection = await Connection.open(clientConfig({ url, passwordFile: null }));
  try {
    const [instances = []] = await connection.ask([{ text: 'SELECT * FROM instances ORDER BY name' }]);
    const histories: StoredHistory[] = [];
    for (const { name, id, head, base } of instances.map(instanceOf)) {
      const [rows = []] = await connection.ask([
        { text: 'SELECT * FROM history WHERE instance = $1 ORDER BY id', values: [name] },
      ]);
      histories.push({
        instance: name,
        id,
        base,
        head,
        records: rows.map((row) => recordOfRow(row as unknown as HistoryRow)),
      });
    }
    return histories;
  } finally {
    await connection.close();
  }
}

const TABLES = ['keys', 'instances', 'protection', 'history'];

/** What a backup of a server holds. @returns puts it back, as `pg_restore --clean --single-transaction` does */
export async function copyTables(url: string): Promise<() => Promise<void>> {
  const name = `backup_${randomUUID().slice(0, 8)}`;
  await queryAt(url, TABLES.map((table) => `CREATE TABLE ${name}_${table} AS TABLE ${table}`).join(';'));
  const putBack = TABLES.map(
    (table) => `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM ${name}_${table}`,
  );
  return async () => {
    await queryAt(url, ['BEGIN', ...putBack, 'COMMIT'].join(';'));
  };
}
