import type { Root } from '../../../core/units.ts';
import { assertSchema, assertServerFit } from './assert-fit.ts';
import { away } from './away.ts';
import { Connection } from './connection.ts';
import { clientConfig, type PostgresTarget } from './database-url.ts';
import { sessionName } from './read-server.ts';

/** A connection to a server that keeps its word. @throws DB_URL_INVALID, DB_SERVER_UNFIT, DatabaseAway */
export async function connect(target: PostgresTarget): Promise<Connection> {
  const connection = await Connection.open(clientConfig(target));
  try {
    await assertServerFit(connection);
    return connection;
  } catch (error) {
    connection.destroy();
    throw away(error);
  }
}

/**
 * Makes sure that it leads to a database of this network, and says there that a signer is connected.
 * @returns the database's id
 * @throws DB_SCHEMA_*, DB_WRONG_NETWORK
 */
export async function introduce(connection: Connection, genesisValidatorsRoot: Root): Promise<string> {
  const databaseId = await assertSchema(connection, genesisValidatorsRoot);
  await connection.ask([{ text: `SET application_name = '${sessionName(databaseId)}'` }]);
  return databaseId;
}
