import { rootFromBytes } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import type { DatabaseStatus } from '../sqlite/read-status.ts';
import { assertSchema } from './assert-fit.ts';
import { ACT_MS, Connection, type Query } from './connection.ts';
import { clientConfig, shownUrl, type PostgresTarget } from './database-url.ts';
import { instanceOf, type InstanceRow } from './instance-row.ts';
import { opening } from './opening.ts';
import { allState, stateOf } from './read-state.ts';
import { COMMIT } from './sign-statement.ts';

/** A database on a server as it stands, and who uses it. */
export interface ServerStatus extends Omit<
  DatabaseStatus,
  'generation' | 'sequence' | 'history' | 'historyBase'
> {
  readonly instances: readonly InstanceRow[];
  /** How many signers are connected. */
  readonly connected: number;
}

/** By what signers on one database find each other in the server's list of sessions. */
export const sessionName = (databaseId: string): string => `vigil signer ${databaseId}`;

/** All that is read in it is of one moment. */
export const SNAPSHOT: Query = { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' };

export const allInstances: Query = { text: 'SELECT * FROM instances ORDER BY name' };

/** Looks only; works beside running signers. @throws DB_UNREACHABLE, DB_URL_INVALID, DB_SCHEMA_* */
export function readServerStatus(target: PostgresTarget): Promise<ServerStatus> {
  return readingServer(target, async (connection, databaseId) => {
    await connection.ask([SNAPSHOT]);
    const status = await statusIn(connection, databaseId);
    await connection.ask([COMMIT]);
    return status;
  });
}

/** By which two URLs of one database are told. @throws DB_UNREACHABLE, DB_URL_INVALID, DB_SCHEMA_* */
export const databaseIdOf = (target: PostgresTarget): Promise<string> =>
  readingServer(target, (_connection, databaseId) => Promise.resolve(databaseId));

/** For who needs a state that stays as it is. @throws DB_IN_USE while signers are connected */
export function assertIdle({ url }: PostgresTarget, { connected }: ServerStatus): void {
  if (connected > 0) throw slashingDbError('DB_IN_USE', `${shownUrl(url)} is in use by ${connected} signers`);
}

/** Within a transaction, which says of what moment it is. */
export async function statusIn(connection: Connection, databaseId: string): Promise<ServerStatus> {
  const [[chain] = [], [protection] = [], keys = [], [latest] = [], rows = [], [sessions] = []] =
    await connection.ask(
      [
        { text: 'SELECT genesis_validators_root FROM chain' },
        ...allState,
        allInstances,
        {
          text: 'SELECT count(*) AS connected FROM pg_stat_activity WHERE application_name = $1',
          values: [sessionName(databaseId)],
        },
      ],
      ACT_MS,
    );
  return {
    databaseId,
    genesisValidatorsRoot: rootFromBytes(chain?.['genesis_validators_root'] as Uint8Array),
    ...stateOf(protection, keys, latest),
    instances: rows.map(instanceOf),
    connected: Number(sessions?.['connected']),
  };
}

/** With a connection to a database that has Vigil's tables. @throws DB_UNREACHABLE, DB_URL_INVALID, DB_SCHEMA_* */
export function readingServer<T>(
  target: PostgresTarget,
  read: (connection: Connection, databaseId: string) => Promise<T>,
): Promise<T> {
  return opening(target, async () => {
    const connection = await Connection.open(clientConfig(target));
    try {
      return await read(connection, await assertSchema(connection, null));
    } finally {
      await connection.close();
    }
  });
}
