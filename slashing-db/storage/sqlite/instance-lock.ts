import Database from 'better-sqlite3';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { slashingDbError } from '../../errors.ts';
import { createPrivately } from './create-privately.ts';

export interface InstanceLock {
  release(): void;
}

/**
 * One process per slashing database. The lock is SQLite's own exclusive lock on an empty file beside it: the
 * kernel drops it when the process dies, however it dies. It is not taken on the database itself, so that backups
 * and status can read that, and nothing else ever opens the lock file in this process: POSIX would drop the lock
 * at the first close of any descriptor of it.
 * @throws DB_IN_USE naming the pid of the process that holds it; DB_CANNOT_OPEN, DB_FILE_EXPOSED
 */
export function takeInstanceLock(databasePath: string): InstanceLock {
  const pidPath = `${databasePath}.pid`;
  const lockPath = `${databasePath}.lock`;
  createPrivately(lockPath);
  const lock = new Database(lockPath, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') {
      throw slashingDbError('DB_CANNOT_OPEN', `cannot lock ${lockPath}: ${(error as Error).message}`, error);
    }
    throw slashingDbError('DB_IN_USE', `${databasePath} is in use by ${holder(pidPath)}`, error);
  }
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  return {
    release: () => {
      // Released twice, it would take the pid of the next holder away.
      if (!lock.open) return;
      rmSync(pidPath, { force: true });
      lock.close();
    },
  };
}

function holder(pidPath: string): string {
  try {
    return `process ${readFileSync(pidPath, 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
