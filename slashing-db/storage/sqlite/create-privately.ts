import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { slashingDbError } from '../../errors.ts';

/**
 * SQLite would create the file with the process's umask. Created here instead, empty and mode 0600, before SQLite
 * has ever opened it; an existing database is only looked at with stat, never opened through `fs`, because closing
 * such a descriptor would drop SQLite's locks.
 * @throws DB_CANNOT_OPEN, DB_FILE_EXPOSED
 */
export function createPrivately(path: string): void {
  assertFolderOurs(dirname(path));
  try {
    closeSync(openSync(path, 'wx', 0o600));
    const directory = openSync(dirname(path), 'r');
    fsyncSync(directory);
    closeSync(directory);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw slashingDbError('DB_CANNOT_OPEN', `cannot create ${path}: ${(error as Error).message}`, error);
    }
  }
  const { mode: bits, uid } = statSync(path);
  const mode = bits & 0o777;
  if ((mode & 0o077) !== 0) {
    throw slashingDbError('DB_FILE_EXPOSED', `${path} has mode ${mode.toString(8)}, it must be 600`);
  }
  const self = process.getuid?.() ?? uid;
  if (uid !== self) {
    throw slashingDbError('DB_FILE_EXPOSED', `${path} belongs to user ${uid}, the signer runs as ${self}`);
  }
}

/** Whoever may write to the folder can put another database in its place. */
function assertFolderOurs(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return;
  const mode = found.mode & 0o777;
  // In a sticky folder, such as /tmp, only owners replace files.
  if ((mode & 0o022) !== 0 && (found.mode & 0o1000) === 0) {
    throw slashingDbError(
      'DB_FILE_EXPOSED',
      `the folder ${folder} has mode ${mode.toString(8)}, it must be 700`,
    );
  }
}
