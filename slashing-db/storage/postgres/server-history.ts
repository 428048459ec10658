import type { HistoryRecord } from '../../history/hash-chain.ts';
import type { SignerHistory } from '../../history/signer-history.ts';
import { recordOfRow, type HistoryRow } from '../../history/record-of-row.ts';
import { ACT_MS, type Connection, type Row } from './connection.ts';
import { bytesText } from './rows.ts';
import type { PostgresTarget } from './database-url.ts';
import { instanceOf, type InstanceRow } from './instance-row.ts';
import { allInstances, readingServer, SNAPSHOT } from './read-server.ts';
import { COMMIT } from './sign-statement.ts';
import type { Pubkey } from '../../../core/units.ts';

/** Reads beside running signers: `use` sees one state of the database however long it takes. @throws DB_UNREACHABLE, DB_SCHEMA_* */
export function readServerHistory<T>(
  target: PostgresTarget,
  use: (histories: readonly SignerHistory[]) => Promise<T>,
): Promise<T> {
  return readingServer(target, async (connection) => {
    const [, instances = []] = await connection.ask([SNAPSHOT, allInstances]);
    const result = await use(
      instances.map(instanceOf).map((instance) => ({
        ...{ signer: instance.name, databaseId: instance.id, base: instance.base, head: instance.head },
        records: async function* () {
          for await (const page of pagesOf(connection, instance)) yield* page;
        },
      })),
    );
    await connection.ask([COMMIT]);
    return result;
  });
}

/** In pages: a history may be larger than memory. */
const PAGE = 10_000;

/** The kept records of a signer, oldest first. */
export async function* pagesOf(
  connection: Connection,
  { name, base }: InstanceRow,
): AsyncGenerator<readonly HistoryRecord[]> {
  for (let after = base.index; ;) {
    const [rows = []] = await connection.ask(
      [
        {
          text: `SELECT * FROM history WHERE instance = $1 AND id > $2 ORDER BY id LIMIT ${PAGE}`,
          values: [name, after.toString()],
        },
      ],
      ACT_MS,
    );
    const page = rows.map(recordOf);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.index;
  }
}

/** What records are wanted; null: any. */
export interface RecordFilter {
  readonly pubkey: Pubkey | null;
  readonly type: string | null;
  readonly verdict: string | null;
}

/** The newest records of all signers that fit, oldest first. */
export function newestOfServer(
  target: PostgresTarget,
  { pubkey, type, verdict }: RecordFilter,
  limit: number,
): Promise<{ readonly signer: string; readonly record: HistoryRecord }[]> {
  return readingServer(target, async (connection) => {
    const [rows = []] = await connection.ask(
      [
        {
          text: `SELECT * FROM history
            WHERE ($1::bytea IS NULL OR pubkey = $1) AND ($2::text IS NULL OR type = $2)
              AND ($3::text IS NULL OR verdict = $3)
            ORDER BY time_ms DESC, instance DESC, id DESC LIMIT $4`,
          values: [pubkey === null ? null : bytesText(pubkey), type, verdict, limit],
        },
      ],
      ACT_MS,
    );
    return rows.reverse().map((row) => ({ signer: row['instance'] as string, record: recordOf(row) }));
  });
}

const recordOf = (row: Row): HistoryRecord => recordOfRow(row as unknown as HistoryRow);
