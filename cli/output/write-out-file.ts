import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import { cliError } from '../cli-errors.ts';
import { unwritable } from './unwritable.ts';

/**
 * Writes a result file in one step, by default mode 0600: the old file stays until the new one is complete on the disk.
 * @throws BAD_ARGUMENT, OUT_FILE_UNWRITABLE when it cannot be written; what the pieces throw goes through
 */
export function writeOutFile(
  path: string,
  write: string | ((append: (piece: string) => void) => void),
  mode = 0o600,
): void {
  const begun = begin(path, mode);
  try {
    if (typeof write === 'string') begun.append(write);
    else write(begun.append);
    begun.complete();
  } catch (error) {
    throw begun.given(error);
  }
}

/** The same of what comes bit by bit. @throws as {@link writeOutFile} */
export async function streamOutFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const begun = begin(path, 0o600);
  try {
    for await (const piece of pieces) begun.append(piece);
    begun.complete();
  } catch (error) {
    throw begun.given(error);
  }
}

interface BegunFile {
  readonly append: (piece: string) => void;
  readonly complete: () => void;
  /** Leaves nothing behind. */
  readonly given: (error: unknown) => Error;
}

function begin(path: string, mode: number): BegunFile {
  const temporary = `${path}.${process.pid}.tmp`;
  const descriptor = opened(path, temporary, mode);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  const given = (error: unknown): Error => {
    close();
    rmSync(temporary, { force: true });
    if (isVigilError(error)) return error;
    return unwritable(path, error);
  };
  return {
    // Unlike writeSync it goes on until everything is written, or throws.
    append: (piece) => writeFileSync(descriptor, piece),
    complete: () => {
      fsyncSync(descriptor);
      close();
      renameSync(temporary, path);
      syncDirectory(dirname(path));
    },
    given,
  };
}

/** @returns the descriptor of a new file for what `path` will have */
function opened(path: string, temporary: string, mode: number): number {
  try {
    // What a process of our number left behind when it was killed; in a container they often have the same.
    rmSync(temporary, { force: true });
    return openSync(temporary, 'wx', mode);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Before something is done that cannot be undone, and whose result is to be written there.
 * @throws BAD_ARGUMENT, OUT_FILE_UNWRITABLE when there is a file already, or none can be made
 */
export function assertWritable(path: string): void {
  if (existsSync(path)) throw cliError('BAD_ARGUMENT', `${path} is there already`);
  const probe = `${path}.${process.pid}.tmp`;
  closeSync(opened(path, probe, 0o600));
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
