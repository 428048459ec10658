import { rootFromBytes } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import { verifyHistory, type HistoryReport } from '../../history/verify-history.ts';
import type { HistoryRecord } from '../../history/hash-chain.ts';
import type { DatabaseStatus } from '../sqlite/read-status.ts';
import { assertSchema } from './assert-fit.ts';
import { Connection } from './connection.ts';
import { clientConfig, shownUrl, type PostgresTarget } from './database-url.ts';
import { recordOfRow, type HistoryRow } from '../../history/record-of-row.ts';
import { instanceOf, type InstanceRow } from './instance-row.ts';
import { opening } from './opening.ts';
import { allState, stateOf } from './read-state.ts';

/** A database on a server as it stands, and who uses it. */
export interface ServerStatus extends Omit<
  DatabaseStatus,
  'generation' | 'sequence' | 'history' | 'historyBase'
> {
  readonly instances: readonly InstanceRow[];
  /** How many signers are connected. */
  readonly connected: number;
}

const READ_MS = 60_000;

/** By what signers on one database find each other in the server's list of sessions. */
export const sessionName = (databaseId: string): string => `vigil signer ${databaseId}`;

/** Looks only; works beside running signers. @throws DB_UNREACHABLE, DB_URL_INVALID, DB_SCHEMA_* */
export function readServerStatus(target: PostgresTarget): Promise<ServerStatus> {
  return reading(target, async (connection) => {
    const databaseId = await assertSchema(connection, null);
    const [, [chain] = [], [protection] = [], keys = [], [latest] = [], rows = [], [sessions] = []] =
      await connection.ask(
        [
          SNAPSHOT,
          { text: 'SELECT genesis_validators_root FROM chain' },
          ...allState,
          { text: 'SELECT * FROM instances ORDER BY name' },
          {
            text: 'SELECT count(*) AS connected FROM pg_stat_activity WHERE application_name = $1',
            values: [sessionName(databaseId)],
          },
          { text: 'COMMIT' },
        ],
        READ_MS,
      );
    return {
      databaseId,
      genesisValidatorsRoot: rootFromBytes(chain?.['genesis_validators_root'] as Uint8Array),
      ...stateOf(protection, keys, latest),
      instances: rows.map(instanceOf),
      connected: Number(sessions?.['connected']),
    };
  });
}

/** For who needs a state that stays as it is. @throws DB_IN_USE while signers are connected */
export async function readIdleServer(target: PostgresTarget): Promise<ServerStatus> {
  const status = await readServerStatus(target);
  if (status.connected === 0) return status;
  throw slashingDbError('DB_IN_USE', `${shownUrl(target.url)} is in use by ${status.connected} signers`);
}

export interface ServerReport {
  readonly instances: readonly { readonly name: string; readonly history: HistoryReport }[];
  /** Records of the history that say "signed" and are not covered by the watermarks. */
  readonly uncovered: readonly string[];
}

const PAGE = 10_000;

/** Follows the chain of every signer and holds the watermarks to all that it says was signed; beside running signers too. */
export function verifyServer(target: PostgresTarget): Promise<ServerReport> {
  return reading(target, async (connection) => {
    await assertSchema(connection, null);
    const [, [protection] = [], keys = [], [latest] = [], rows = []] = await connection.ask(
      [SNAPSHOT, ...allState, { text: 'SELECT * FROM instances ORDER BY name' }],
      READ_MS,
    );
    const known = new Map(stateOf(protection, keys, latest).keys.map((key) => [key.pubkey as string, key]));
    const uncovered: string[] = [];
    const instances = [];
    for (const instance of rows.map(instanceOf)) {
      const history = await followChain(connection, instance, (record) => {
        const key = known.get(record.pubkey ?? '');
        const { slot, source, target: to } = record;
        const behind =
          (slot !== null && (key?.block?.slot ?? -1n) < slot) ||
          (to !== null && (key?.attestation?.target ?? -1n) < to) ||
          (to !== null && source !== null && (key?.attestation?.source ?? -1n) < source);
        if (record.verdict === 'signed' && behind) uncovered.push(`${instance.name} ${record.index}`);
      });
      instances.push({ name: instance.name, history });
    }
    await connection.ask([{ text: 'COMMIT' }]);
    return { instances, uncovered };
  });
}

/** In pages: a history may be larger than memory. */
async function followChain(
  connection: Connection,
  { name, base, head }: InstanceRow,
  look: (record: HistoryRecord) => void,
): Promise<HistoryReport> {
  let at = base;
  let count = 0n;
  for (;;) {
    const [page = []] = await connection.ask(
      [
        {
          text: `SELECT * FROM history WHERE instance = $1 AND id > $2 ORDER BY id LIMIT ${PAGE}`,
          values: [name, at.index.toString()],
        },
      ],
      READ_MS,
    );
    const records = page.map((row) => recordOfRow(row as unknown as HistoryRow));
    records.forEach(look);
    const last = records.at(-1);
    const end = records.length < PAGE || last === undefined ? head : { index: last.index, hash: last.hash };
    const report = verifyHistory(at, records, end);
    count += report.records;
    if (report.fault !== null || records.length < PAGE) return { ...report, base, records: count };
    at = report.head;
  }
}

/** All that is read is of one moment. */
const SNAPSHOT = { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' };

async function reading<T>(target: PostgresTarget, read: (connection: Connection) => Promise<T>): Promise<T> {
  return opening(target, async () => {
    const connection = await Connection.open(clientConfig(target));
    try {
      return await read(connection);
    } finally {
      await connection.close();
    }
  });
}
