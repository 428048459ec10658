import { takeInstanceLock } from './storage/sqlite/instance-lock.ts';
import { readDatabaseStatus } from './storage/sqlite/read-status.ts';
import { writeInterchange } from './interchange/write-interchange.ts';

/**
 * The interchange document of a database that nobody has open. While a signer runs, its export would be out of date
 * at once, and a key moved with it could be slashed; so it is refused then.
 * @throws DB_IN_USE, DB_CANNOT_OPEN, DB_NOT_OURS, DB_CORRUPT
 */
export function exportDatabase(path: string): { readonly keys: number; readonly text: string } {
  const lock = takeInstanceLock(path);
  try {
    const { genesisValidatorsRoot, keys } = readDatabaseStatus(path);
    return { keys: keys.length, text: [...writeInterchange(genesisValidatorsRoot, keys)].join('') };
  } finally {
    lock.release();
  }
}
