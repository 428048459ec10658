import type Database from 'better-sqlite3';
import { rootFromBytes, type Root } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { StoredState } from '../storage-port.ts';
import { readMark } from './evidence-table.ts';
import { loadState } from './load-state.ts';
import { openDatabaseReadOnly } from './open-database.ts';

export interface DatabaseStatus extends StorageMark, StoredState {
  readonly genesisValidatorsRoot: Root;
}

/** What `slashing-db status` shows. Reads beside a running daemon and takes no lock that would stop it. */
export function readDatabaseStatus(path: string): DatabaseStatus {
  const db = openDatabaseReadOnly(path);
  try {
    return readStatus(db);
  } finally {
    db.close();
  }
}

export function readStatus(db: Database.Database): DatabaseStatus {
  const mark = readMark(db);
  if (mark === null) throw slashingDbError('DB_CORRUPT', 'the database is bound to no network');
  const root = db.prepare('SELECT genesis_validators_root FROM chain').pluck().get() as Uint8Array;
  return { ...mark, genesisValidatorsRoot: rootFromBytes(root), ...loadState(db) };
}
