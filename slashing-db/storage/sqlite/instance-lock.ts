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
 * @param shown what is locked, for messages
 * @throws DB_IN_USE naming the pid of the process that holds it; DB_CANNOT_OPEN, DB_FILE_EXPOSED
 */
export function takeInstanceLock(databasePath: string, shown = databasePath): InstanceLock {
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
    throw slashingDbError('DB_IN_USE', `${shown} is in use by ${holder(pidPath)}`, error);
  }
  const own = `${process.pid}\n`;
  try {
    writeFileSync(pidPath, own, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw slashingDbError('DB_CANNOT_OPEN', `cannot write ${pidPath}: ${(error as Error).message}`, error);
  }
  return {
    release: () => {
      if (!lock.open) return;
      // Somebody who removed the lock file may have got in beside us: the pid there is then not ours to remove.
      if (pidIn(pidPath) === own) rmSync(pidPath, { force: true });
      lock.close();
    },
  };
}

function pidIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function holder(pidPath: string): string {
  const pid = pidIn(pidPath);
  return pid === null ? 'another process' : `process ${pid.trim()}`;
}
