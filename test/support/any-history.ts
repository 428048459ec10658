import Database from 'better-sqlite3';
import {
  readHistory,
  verifyHistory,
  verifyServer,
  type HistoryRecord,
  type HistoryReport,
  type HistorySnapshot,
} from '../../slashing-db/index.ts';
import { serverOf, storageUnderTest } from './any-storage.ts';
import { queryAt } from './postgres.ts';
import { historyOf } from './postgres-guards.ts';

/** The history of the only signer of the storage under test, as somebody reads it, follows it, or forges it. */

export interface StoredChain extends Omit<HistorySnapshot, 'records'> {
  readonly records: readonly HistoryRecord[];
}

export async function storedHistory(path: string): Promise<StoredChain> {
  const url = await serverOf(path);
  if (url === undefined) {
    return readHistory(path, [], ({ records, ...ends }) => ({ ...ends, records: [...records()] }));
  }
  const [{ id: databaseId, base, head, records }] = (await historyOf(url)) as [StoredHistoryOfOne];
  return { databaseId, base, head, records, witnesses: [], rememberedBases: [] };
}

type StoredHistoryOfOne = Awaited<ReturnType<typeof historyOf>>[number];

/** What `vigil audit verify` says of it. */
export async function verifyStored(path: string): Promise<HistoryReport> {
  const url = await serverOf(path);
  if (url === undefined) {
    return readHistory(path, [], ({ base, records, head }) => verifyHistory(base, records(), head));
  }
  const [first] = (await verifyServer({ url, passwordFile: null })).instances;
  return first!.history;
}

/** Where the two dialects and schemas have different words. */
export const SQL =
  storageUnderTest() === 'sqlite'
    ? { bytes: (hex: string) => `x'${hex}'`, fence: 'fence', owner: '' }
    : { bytes: (hex: string) => `decode('${hex}', 'hex')`, fence: 'instances', owner: 'instance, ' };

/** As somebody would who has the file, or the password, and knows SQL. */
export async function forge(path: string, ...statements: readonly string[]): Promise<void> {
  const url = await serverOf(path);
  if (url !== undefined) {
    await queryAt(url, statements.join(';'));
    return;
  }
  const db = new Database(path);
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  for (const sql of statements) db.exec(sql);
  // Back again, so that nothing but the content tells.
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}
