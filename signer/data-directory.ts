import { realpathSync } from 'node:fs';
import { join } from 'node:path';

/** The slashing database in a data directory. */
export const databasePath = (dataDir: string): string => join(dataDir, 'slashing-protection.sqlite');

/**
 * Where the database's anchor is: beside the data directory, not in it, so that who restores the one does not
 * restore the other. Whatever way the directory is named, through links or not, it is the same one.
 */
export const anchorPath = (dataDir: string): string =>
  join(`${realPath(dataDir)}-anchor`, 'slashing-protection.anchor');

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
