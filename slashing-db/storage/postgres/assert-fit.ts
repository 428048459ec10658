import { rootFromBytes, type Root } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import { DatabaseAway } from '../sharing-port.ts';
import type { Connection, Row } from './connection.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** How long others' locks are waited for, and how long this signer may keep its own while it says nothing. */
const SESSION = [
  // No statement_timeout: where a commit waits for a standby it would end the wait and call the commit done.
  'SET statement_timeout = 0',
  'SET lock_timeout = 2000',
  'SET idle_in_transaction_session_timeout = 5000',
  // That a commit has not reached its standby is told by a warning and by nothing else.
  'SET client_min_messages = warning',
];

const ASK = `SELECT version() AS version,
  current_setting('server_version_num', true) AS version_num,
  current_setting('fsync', true) AS fsync,
  current_setting('server_encoding', true) AS encoding,
  current_setting('synchronous_commit', true) AS synchronous_commit,
  current_setting('transaction_read_only', true) AS read_only,
  pg_is_in_recovery() AS recovering`;

/** The oldest version that is tested against. */
const OLDEST = 140000;

/**
 * Makes sure that a connection leads to a server that keeps its word: the primary, of a version we know, that writes
 * through to its disk before it calls a commit done.
 * @throws DB_SERVER_UNFIT, DatabaseAway for a server that may become fit by itself
 */
export async function assertServerFit(connection: Connection): Promise<void> {
  await connection.ask(SESSION.map((text) => ({ text })));
  const before = (await one(connection, ASK))['synchronous_commit'];
  // As far as the operator has not asked for more.
  const durable = before === 'remote_apply' ? 'remote_apply' : 'on';
  // Also where it is so already: what a session has set itself no reload of the server's configuration changes.
  if (before !== null) await connection.ask([{ text: `SET synchronous_commit = ${durable}` }]);
  const found = await one(connection, ASK);
  const tooOld = unfitVersion(String(found['version']), found['version_num'] as string | null);
  if (tooOld !== null) throw unfit(tooOld);
  if (found['fsync'] === 'off') throw unfit('it runs with fsync = off');
  // Any other would refuse, or store differently, what clients and operators write in reasons.
  const encoding = found['encoding'] as string | null;
  if (encoding !== null && encoding !== 'UTF8')
    throw unfit(`the database is encoded in ${encoding}, not UTF8`);
  const synchronous = found['synchronous_commit'] as string | null;
  if (synchronous !== null && synchronous !== 'on' && synchronous !== 'remote_apply') {
    throw unfit(`synchronous_commit stays ${synchronous}`);
  }
  if (found['recovering'] === true) throw new DatabaseAway('the server is a standby: it takes no records');
  if (found['read_only'] === 'on') throw new DatabaseAway('the server is read-only: it takes no records');
}

/**
 * Why a server that says this of itself will not do, or null. Relatives of PostgreSQL that number otherwise are taken as
 * they come.
 */
export function unfitVersion(version: string, versionNumber: string | null): string | null {
  const plain = version.startsWith('PostgreSQL') && !version.includes('-YB-');
  if (!plain || Number(versionNumber) >= OLDEST) return null;
  return `it is ${version}, and 14 is the oldest that will do`;
}

/**
 * @returns the database's id
 * @throws DB_SCHEMA_MISSING, DB_SCHEMA_TOO_OLD, DB_SCHEMA_TOO_NEW, DB_WRONG_NETWORK
 */
export async function assertSchema(
  connection: Connection,
  genesisValidatorsRoot: Root | null,
): Promise<string> {
  const version = await schemaVersion(connection);
  if (version === null) throw slashingDbError('DB_SCHEMA_MISSING', 'the database has no tables of Vigil');
  const known = `it has schema version ${version}, this Vigil knows ${SCHEMA_VERSION}`;
  if (version < SCHEMA_VERSION) throw slashingDbError('DB_SCHEMA_BEHIND', known);
  if (version > SCHEMA_VERSION) throw slashingDbError('DB_SCHEMA_TOO_NEW', known);
  const chain = await one(connection, 'SELECT database_id, genesis_validators_root FROM chain');
  const bound = rootFromBytes(chain['genesis_validators_root'] as Uint8Array);
  if (genesisValidatorsRoot !== null && bound !== genesisValidatorsRoot) {
    throw slashingDbError(
      'DB_WRONG_NETWORK',
      `the database is of genesis validators root ${bound}, the signer is configured for ${genesisValidatorsRoot}`,
    );
  }
  return String(chain['database_id']);
}

/** Null: there is no schema at all. */
export async function schemaVersion(connection: Connection): Promise<number | null> {
  const [found] = await connection.ask([
    {
      text: `SELECT 1 FROM information_schema.tables
      WHERE table_name = 'vigil_schema' AND table_schema = current_schema()`,
    },
  ]);
  if (found?.length !== 1) return null;
  return Number((await one(connection, 'SELECT version FROM vigil_schema'))['version']);
}

async function one(connection: Connection, text: string): Promise<Row> {
  const [[row] = []] = await connection.ask([{ text }]);
  if (row === undefined) throw slashingDbError('DB_CORRUPT', `a row is missing: ${text}`);
  return row;
}

const unfit = (what: string) =>
  slashingDbError('DB_SERVER_UNFIT', `the server of the slashing database: ${what}`);
