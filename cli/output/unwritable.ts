import type { VigilError } from '../../core/errors.ts';
import { cliError } from '../cli-errors.ts';

/** No file can ever be there: what was typed is wrong, not the machine. */
const WRONG_PATH = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];

/** What to throw for a file that was asked for and that the system does not let us write. */
export function unwritable(path: string, error: unknown): VigilError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return cliError(
    WRONG_PATH.includes(code) ? 'BAD_ARGUMENT' : 'OUT_FILE_UNWRITABLE',
    `${path} cannot be written: ${message}`,
    error,
  );
}
