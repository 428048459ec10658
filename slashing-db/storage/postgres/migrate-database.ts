import { randomUUID } from 'node:crypto';
import type { Root } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import { assertSchema, assertServerFit, schemaVersion } from './assert-fit.ts';
import { Connection } from './connection.ts';
import { clientConfig, type PostgresTarget } from './database-url.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { bytesText } from './rows.ts';
import { BEGIN, COMMIT, ROLLBACK } from './sign-statement.ts';
import { opening } from './opening.ts';

export interface MigrationReport {
  /** 0: there was nothing. */
  readonly from: number;
  readonly to: number;
}

const MIGRATE_MS = 120_000;

/**
 * Brings the tables of a database up to date, in one transaction: the row lock on the version keeps two of them apart.
 * Run by the operator, never by a signer: which may be one of several, and not the newest.
 * @throws DB_URL_INVALID, DB_CANNOT_OPEN, DB_SERVER_UNFIT, DB_SCHEMA_TOO_NEW, DB_WRONG_NETWORK
 */
export async function migrateDatabase(
  target: PostgresTarget,
  genesisValidatorsRoot: Root,
): Promise<MigrationReport> {
  return opening(target, async () => {
    const connection = await Connection.open(clientConfig(target));
    try {
      await assertServerFit(connection);
      if ((await schemaVersion(connection)) === null) await makeFirst(connection);
      const [, [row] = []] = await connection.ask([
        BEGIN,
        { text: 'SELECT version FROM vigil_schema WHERE id = 1 FOR UPDATE' },
      ]);
      const from = Number(row?.['version']);
      if (from > SCHEMA_VERSION) {
        await connection.ask([ROLLBACK]);
        throw slashingDbError(
          'DB_SCHEMA_TOO_NEW',
          `it has schema version ${from}, this Vigil knows ${SCHEMA_VERSION}`,
        );
      }
      await connection.ask(
        [
          ...MIGRATIONS.slice(from)
            .flat()
            .map((text) => ({ text })),
          {
            text: 'INSERT INTO chain (id, database_id, genesis_validators_root) VALUES (1, $1, $2) ON CONFLICT DO NOTHING',
            values: [randomUUID(), bytesText(genesisValidatorsRoot)],
          },
          { text: 'UPDATE vigil_schema SET version = $1 WHERE id = 1', values: [SCHEMA_VERSION] },
          COMMIT,
        ],
        MIGRATE_MS,
      );
      await assertSchema(connection, genesisValidatorsRoot);
      return { from, to: SCHEMA_VERSION };
    } finally {
      await connection.close();
    }
  });
}

/**
 * Version 0, which two may make at once: one of them then fails at the catalogue, and finds it made. Table and row come
 * together, so that nobody finds the one without the other.
 */
async function makeFirst(connection: Connection): Promise<void> {
  const make = () => connection.ask([BEGIN, ...FIRST.map((text) => ({ text })), COMMIT]);
  await make().catch((error: unknown) => {
    if (!MADE_MEANWHILE.has((error as { code?: string }).code ?? '')) throw error;
    return make();
  });
}

/** Unique violation, duplicate object, duplicate table: which it is depends on how far the other had come. */
const MADE_MEANWHILE = new Set(['23505', '42710', '42P07']);

const FIRST = [
  'CREATE TABLE IF NOT EXISTS vigil_schema (id int8 PRIMARY KEY CHECK (id = 1), version int8 NOT NULL)',
  'INSERT INTO vigil_schema (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING',
];
