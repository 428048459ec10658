import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { isVigilError } from '../../../core/errors.ts';
import { storeError } from '../store-errors.ts';
import { createPrivately } from './create-privately.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';

/** "VGMN" as SQLite's application id, so that no other SQLite file is taken for it, least of all a slashing database. */
const APPLICATION_ID = 0x56474d4en;

/** Milliseconds to wait for another process, such as a backfill beside the daemon. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens or creates the file and brings its schema up to date. Every integer comes back as bigint.
 * `synchronous` is NORMAL: a commit survives the death of the process; a power cut may take the last ones, whole, and
 * they are then fetched again as any gap.
 * @throws MONITOR_DB_CANNOT_OPEN, MONITOR_DB_EXPOSED, MONITOR_DB_NOT_OURS, MONITOR_DB_CORRUPT, MONITOR_DB_SCHEMA_TOO_NEW
 */
export function openDatabase(path: string): Database.Database {
  createPrivately(path);
  return opened(path, {}, (db) => {
    assertOurs(db, path);
    // Only takes effect while the file is still empty, and would otherwise be a write.
    if (versionOf(db) === 0n) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    if (versionOf(db) !== BigInt(SCHEMA_VERSION)) db.transaction(() => migrate(db)).immediate();
  });
}

/**
 * Opens for looking only, beside a running monitor, and holds one snapshot for as long as it is open.
 * @throws MONITOR_DB_MISSING, MONITOR_DB_SCHEMA_TOO_OLD and those of {@link openDatabase}
 */
export function openDatabaseReadOnly(path: string): Database.Database {
  if (!existsSync(path)) throw storeError('MONITOR_DB_MISSING', `there is no monitor's database at ${path}`);
  return opened(path, { readonly: true, fileMustExist: true }, (db) => {
    assertOurs(db, path);
    const version = versionOf(db);
    if (version === 0n) throw storeError('MONITOR_DB_NOT_OURS', `${path} is empty`);
    if (version < BigInt(SCHEMA_VERSION))
      throw storeError('MONITOR_DB_SCHEMA_TOO_OLD', `${path} has schema version ${version.toString()}`);
    db.exec('BEGIN');
    // The snapshot is taken by the first read.
    versionOf(db);
    db.prepare('SELECT count(*) FROM chain').get();
  });
}

const versionOf = (db: Database.Database): bigint => db.pragma('user_version', { simple: true }) as bigint;

function assertOurs(db: Database.Database, path: string): void {
  const applicationId = db.pragma('application_id', { simple: true }) as bigint;
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as bigint;
  const version = versionOf(db);
  const fresh = applicationId === 0n && version === 0n && tables === 0n;
  if (!fresh && applicationId !== APPLICATION_ID)
    throw storeError('MONITOR_DB_NOT_OURS', `${path} is a SQLite file of another program`);
  if (version > BigInt(SCHEMA_VERSION))
    throw storeError(
      'MONITOR_DB_SCHEMA_TOO_NEW',
      `${path} has schema version ${version.toString()}, this Vigil knows ${SCHEMA_VERSION}`,
    );
}

function migrate(db: Database.Database): void {
  // Another process may have done it in between.
  for (const sql of MIGRATIONS.slice(Number(versionOf(db)))) db.exec(sql);
  db.pragma(`application_id = ${APPLICATION_ID.toString()}`);
  db.pragma(`user_version = ${SCHEMA_VERSION}`);
}

function opened(
  path: string,
  options: Database.Options,
  prepare: (db: Database.Database) => void,
): Database.Database {
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { ...options, timeout: BUSY_TIMEOUT_MS });
    db.defaultSafeIntegers(true);
    db.pragma('trusted_schema = OFF');
    prepare(db);
    return db;
  } catch (error) {
    db?.close();
    if (isVigilError(error)) throw error;
    const { code = '', message } = error as { code?: string; message: string };
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
      throw storeError('MONITOR_DB_CORRUPT', `${path}: ${message}`, error);
    throw storeError('MONITOR_DB_CANNOT_OPEN', `cannot open ${path}: ${message}`, error);
  }
}
