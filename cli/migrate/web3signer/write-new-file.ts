import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { cliError } from '../../cli-errors.ts';
import { unwritable } from '../../output/unwritable.ts';

/**
 * Writes a file that is not there yet, mode 0600.
 * @throws FILE_EXISTS, whoever made it and when; BAD_ARGUMENT, OUT_FILE_UNWRITABLE when it cannot be written
 */
export function writeNewFile(path: string, text: string): void {
  let file: number;
  try {
    // Refuses in the same step in which it makes the file: no look beforehand could be trusted.
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(path);
    throw unwritable(path, error);
  }
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw unwritable(path, error);
  } finally {
    closeSync(file);
  }
}

export const fileExists = (path: string) => cliError('FILE_EXISTS', `${path} is there already`);
