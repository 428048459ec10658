import { closeSync, openSync, statSync } from 'node:fs';
import { storeError } from '../store-errors.ts';

/**
 * SQLite would create the file with the process's umask, and gives its side files the mode that this one has. An
 * existing file is only looked at: opening and closing it here would drop the locks of SQLite.
 * @throws MONITOR_DB_CANNOT_OPEN, MONITOR_DB_EXPOSED
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw storeError('MONITOR_DB_CANNOT_OPEN', `cannot create ${path}: ${(error as Error).message}`, error);
  }
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0)
    throw storeError('MONITOR_DB_EXPOSED', `${path} has mode ${(mode & 0o777).toString(8)}, it must be 600`);
  const self = process.getuid?.() ?? uid;
  if (uid !== self)
    throw storeError('MONITOR_DB_EXPOSED', `${path} belongs to user ${uid}, the monitor runs as ${self}`);
}
