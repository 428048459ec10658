import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cliError } from './cli-errors.ts';

/** The new name is durable only when the directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Writes a result file in one step, mode 0600: the old file stays until the new one is complete on the disk. */
export function writeOutFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      // Unlike writeSync it goes on until everything is written, or throws.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw cliError('BAD_ARGUMENT', `${path} cannot be written: ${(error as Error).message}`, error);
  }
}
