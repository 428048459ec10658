import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isVigilError } from '../core/errors.ts';
import { cliError } from './cli-errors.ts';

/**
 * Writes a result file in one step, by default mode 0600: the old file stays until the new one is complete on the disk.
 * @throws BAD_ARGUMENT when it cannot be written; what the pieces throw goes through
 */
export function writeOutFile(
  path: string,
  write: string | ((append: (piece: string) => void) => void),
  mode = 0o600,
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      // Unlike writeSync it goes on until everything is written, or throws.
      const append = (piece: string): void => writeFileSync(file, piece);
      if (typeof write === 'string') append(write);
      else write(append);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    if (isVigilError(error)) throw error;
    throw cliError('BAD_ARGUMENT', `${path} cannot be written: ${(error as Error).message}`, error);
  }
}

/**
 * Before something is done that cannot be undone, and whose result is to be written there.
 * @throws BAD_ARGUMENT when there is a file already, or none can be made
 */
export function assertWritable(path: string): void {
  if (existsSync(path)) throw cliError('BAD_ARGUMENT', `${path} is there already`);
  const probe = `${path}.${process.pid}.tmp`;
  try {
    closeSync(openSync(probe, 'wx', 0o600));
  } catch (error) {
    throw cliError('BAD_ARGUMENT', `${path} cannot be written: ${(error as Error).message}`, error);
  }
  rmSync(probe);
}

/** The new name is durable only when the directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
