import Database from 'better-sqlite3';
import { isVigilError } from '../../../core/errors.ts';
import { slashingDbError } from '../../errors.ts';
import { assertLocal } from './filesystem.ts';
import { createPrivately } from './create-privately.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';

/** "VGIL" as SQLite's application id, so that no other SQLite file is taken for a slashing database. */
const APPLICATION_ID = 0x5647494cn;

/** Milliseconds to wait for a reader (a backup, `slashing-db status`) before a commit counts as failed. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Opens or creates the slashing database, brings its schema up to date and makes sure that a commit reaches the
 * disk. The connection returns every integer as bigint.
 * @throws DB_CANNOT_OPEN, DB_ON_NETWORK, DB_FILE_EXPOSED, DB_NOT_OURS, DB_SCHEMA_TOO_NEW, DB_CORRUPT, DB_NOT_DURABLE
 */
export function openDatabase(path: string): Database.Database {
  assertLocal(path);
  createPrivately(path);
  return guarded(path, () => {
    const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      db.defaultSafeIntegers(true);
      assertOurs(db, path);
      makeDurable(db);
      assertIntact(db, path);
      migrate(db, path);
      assertSchema(db, path);
      assertCovered(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens an existing database for looking only; works beside the running daemon. */
export function openDatabaseReadOnly(path: string): Database.Database {
  return guarded(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      db.defaultSafeIntegers(true);
      assertOurs(db, path);
      assertUpToDate(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Who only reads cannot bring the schema up to date. */
function assertUpToDate(db: Database.Database, path: string): void {
  const version = db.pragma('user_version', { simple: true }) as bigint;
  if (version === 0n) throw slashingDbError('DB_CORRUPT', `${path} is empty`);
  if (version < BigInt(SCHEMA_VERSION)) {
    throw slashingDbError('DB_SCHEMA_TOO_OLD', `${path} has schema version ${version.toString()}`);
  }
}

function assertOurs(db: Database.Database, path: string): void {
  const applicationId = db.pragma('application_id', { simple: true }) as bigint;
  const version = db.pragma('user_version', { simple: true }) as bigint;
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as bigint;
  const fresh = applicationId === 0n && version === 0n && tables === 0n;
  if (!fresh && applicationId !== APPLICATION_ID) {
    throw slashingDbError('DB_NOT_OURS', `${path} is a SQLite file of another program`);
  }
  if (version > BigInt(SCHEMA_VERSION)) {
    throw slashingDbError(
      'DB_SCHEMA_TOO_NEW',
      `${path} has schema version ${version.toString()}, this Vigil knows ${SCHEMA_VERSION}`,
    );
  }
}

/**
 * `synchronous` belongs to the connection and better-sqlite3 compiles in NORMAL for WAL files, which would lose the
 * last commits at a power cut, silently and only after the first restart. So it is set and read back at every open.
 */
function makeDurable(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('foreign_keys = ON');
  const journal = String(db.pragma('journal_mode', { simple: true }));
  const synchronous = db.pragma('synchronous', { simple: true }) as bigint;
  if (journal !== 'wal' || synchronous !== 2n) {
    throw slashingDbError(
      'DB_NOT_DURABLE',
      `journal_mode is ${journal}, synchronous is ${synchronous.toString()}`,
    );
  }
}

function assertIntact(db: Database.Database, path: string): void {
  const [first] = db.pragma('quick_check(1)') as { quick_check: string }[];
  if (first?.quick_check !== 'ok') {
    throw slashingDbError('DB_CORRUPT', `${path}: ${first?.quick_check ?? 'the check gave no answer'}`);
  }
}

/** Whoever takes a trigger away wants to do what it forbids. */
function assertSchema(db: Database.Database, path: string): void {
  const fresh = new Database(':memory:');
  for (const sql of MIGRATIONS) fresh.exec(sql);
  const ours = schemaOf(fresh);
  fresh.close();
  const found = schemaOf(db);
  const odd = [...ours, ...found].find(([name, sql]) => ours.get(name) !== found.get(name) || sql === '');
  if (odd === undefined) return;
  const [name] = odd;
  const what = !found.has(name) ? 'is missing' : !ours.has(name) ? 'is not ours' : 'was changed';
  throw slashingDbError('DB_CORRUPT', `${path}: ${name} ${what}`);
}

const schemaOf = (db: Database.Database): Map<string, string> =>
  new Map(
    db
      .prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
      .raw()
      .all() as [string, string][],
  );

/** Enough to find out at once what happened to the pages of the last days; `slashing-db verify` looks at everything. */
const RECORDS_LOOKED_AT = 20_000n;

/** The newest signatures on record must lie at or below their keys' watermarks. */
function assertCovered(db: Database.Database, path: string): void {
  const from = (db.prepare('SELECT history_index FROM fence').pluck().get() as bigint) - RECORDS_LOOKED_AT;
  const uncovered = db
    .prepare(
      `SELECT history.id FROM history
       LEFT JOIN block_watermarks AS block USING (pubkey)
       LEFT JOIN attestation_watermarks AS vote USING (pubkey)
       WHERE history.id > ? AND history.verdict = 'signed'
         AND ((history.slot IS NOT NULL AND coalesce(block.slot, -1) < history.slot)
           OR (history.target IS NOT NULL AND (coalesce(vote.target, -1) < history.target OR vote.source < history.source)))
       LIMIT 1`,
    )
    .pluck()
    .get(from) as bigint | undefined;
  if (uncovered === undefined) return;
  throw slashingDbError(
    'DB_CORRUPT',
    `${path}: the watermarks do not cover what history record ${uncovered.toString()} says was signed`,
  );
}

function migrate(db: Database.Database, path: string): void {
  const run = db.transaction(() => {
    const from = Number(db.pragma('user_version', { simple: true }));
    for (const sql of MIGRATIONS.slice(from)) db.exec(sql);
    db.pragma(`application_id = ${APPLICATION_ID.toString()}`);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  });
  try {
    run.immediate();
  } catch (error) {
    throw slashingDbError('DB_CANNOT_OPEN', `${path}: the schema could not be brought up to date`, error);
  }
}

function guarded(path: string, open: () => Database.Database): Database.Database {
  try {
    return open();
  } catch (error) {
    if (isVigilError(error)) throw error;
    const code = (error as { code?: string }).code ?? '';
    if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
      throw slashingDbError('DB_CORRUPT', `${path}: ${(error as Error).message}`, error);
    }
    throw slashingDbError('DB_CANNOT_OPEN', `cannot open ${path}: ${(error as Error).message}`, error);
  }
}
