import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isVigilError } from '../core/errors.ts';
import { slashingDbError } from './errors.ts';
import { openDatabaseReadOnly } from './storage/sqlite/open-database.ts';
import { verifyDatabase } from './verify-database.ts';

export interface BackupReport {
  readonly bytes: number;
  /** Records of the history in it. */
  readonly records: bigint;
}

/**
 * Copies a database, beside a running signer too, and looks the copy over before it counts: a backup that nobody has
 * read is none. The copy is the state between two commits, taken through SQLite; the files themselves, copied while
 * somebody writes, may be of two different moments.
 * @param to appears complete or not at all, mode 0600
 * @throws BACKUP_FAULTY, BACKUP_UNWRITABLE and what opening the database throws; then nothing was written
 */
export function backupDatabase(path: string, to: string): BackupReport {
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    copy(path, temporary);
    const report = lookOver(temporary);
    renameSync(temporary, to);
    sync(dirname(to));
    return report;
  } catch (error) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(temporary + suffix, { force: true });
    if (isVigilError(error)) throw error;
    throw slashingDbError('BACKUP_UNWRITABLE', `${to} cannot be written: ${(error as Error).message}`, error);
  }
}

function copy(path: string, to: string): void {
  const db = openDatabaseReadOnly(path);
  try {
    // Empty and private before SQLite fills it, which would go by the umask.
    closeSync(openSync(to, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
  sync(to);
}

function lookOver(path: string): BackupReport {
  const { file, history, uncovered } = verifyDatabase(path, [], true);
  const [faulty] = [...file, ...(history.fault === null ? [] : [`history: ${history.fault.kind}`])];
  if (faulty !== undefined || uncovered.length > 0) {
    throw slashingDbError('BACKUP_FAULTY', faulty ?? 'the watermarks do not cover what is on record');
  }
  return { bytes: statSync(path).size, records: history.records };
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
