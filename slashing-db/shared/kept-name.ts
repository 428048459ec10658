import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { instanceName } from '../../core/config/setting-values.ts';
import { slashingDbError } from '../errors.ts';

/*
 * A signer that was given no name has one made of where it runs, and that may change: a container has another host name
 * every time. Under another name it would be another signer, with anchors that speak against it.
 */

/** The name that a signer has used before; null: none that can be read, and what follows from that the anchors tell. @throws DB_CANNOT_OPEN */
export function keptName(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return instanceName(text.trimEnd());
  } catch (error) {
    throw slashingDbError('DB_CANNOT_OPEN', `${path} does not hold the name of a signer`, error);
  }
}

/** To be called when the database has let the signer in under that name. @throws DB_CANNOT_OPEN */
export function keepName(path: string, name: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (keptName(path) === name) return;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(file, `${name}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    throw slashingDbError('DB_CANNOT_OPEN', `${path} cannot be written: ${(error as Error).message}`, error);
  }
}
