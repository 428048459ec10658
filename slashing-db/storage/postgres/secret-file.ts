import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isVigilError } from '../../../core/errors.ts';
import { exposedMode } from '../../../core/private-mode.ts';
import { slashingDbError } from '../../errors.ts';

/**
 * Reads a file that only its owner may touch.
 * @param name of the setting that names it
 * @throws DB_SECRET_EXPOSED, and DB_URL_INVALID when it cannot be read
 */
export function readSecretFile(path: string, name: string): Buffer {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const exposed = exposedMode(path, fstatSync(file).mode);
    if (exposed !== null) {
      throw slashingDbError('DB_SECRET_EXPOSED', `${name}: ${path} has mode ${exposed}, it must be 0600`);
    }
    return readFileSync(file);
  } catch (error) {
    if (isVigilError(error)) throw error;
    throw slashingDbError('DB_URL_INVALID', `${name}: ${(error as Error).message}`, error);
  } finally {
    if (file !== null) closeSync(file);
  }
}
