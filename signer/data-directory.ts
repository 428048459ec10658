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

/** What the signer is called among those that share a database on a server, once it has used that. */
export const instanceNamePath = (dataDir: string): string => join(dataDir, 'instance-name');

/** The proxy keys of Commit-Boost, unless a setting names another folder. */
export const proxyKeystoresPath = (dataDir: string): string => join(dataDir, 'proxy-keys');

/** Not beside the keystores, which may be on another volume than what opens them. */
export const proxyPasswordPath = (dataDir: string): string => join(dataDir, 'proxy-password.txt');

/** The secrets of keystores that were opened once, sealed: docs/keys.md. */
export const keyCachePath = (dataDir: string): string => join(dataDir, 'key-cache.sealed');

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
