import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { emptyDatabase } from './postgres.ts';
import { migrateDatabase, openAnyGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import type { ChainHead, HistoryRecord } from '../../slashing-db/history/hash-chain.ts';
import { Connection } from '../../slashing-db/storage/postgres/connection.ts';
import { clientConfig } from '../../slashing-db/storage/postgres/database-url.ts';
import { recordOfRow, type HistoryRow } from '../../slashing-db/history/record-of-row.ts';
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

/** The same database by another way. */
export function throughPort(url: string, port: number): string {
  return url.replace(/:\d+\//, `:${port}/`);
}

export interface StoredHistory {
  readonly instance: string;
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
    for (const { name, head, base } of instances.map(instanceOf)) {
      const [rows = []] = await connection.ask([
        { text: 'SELECT * FROM history WHERE instance = $1 ORDER BY id', values: [name] },
      ]);
      histories.push({
        instance: name,
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
