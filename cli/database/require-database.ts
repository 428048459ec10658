import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { CONFIG_FILE_NAME } from '../../core/config/resolve-settings.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { cliError } from '../cli-errors.ts';

/** For verbs that need one: a database that is not there is an error, never an empty answer or a new database. @throws NOT_INITIALISED */
export function requireDatabase(path: string): void {
  if (!existsSync(path)) throw cliError('NOT_INITIALISED', `there is no slashing database at ${path}`);
}

/** @throws NOT_INITIALISED */
export function requireDataDirectory(path: string): void {
  if (!existsSync(path)) throw cliError('NOT_INITIALISED', `there is no data directory at ${path}`);
}

/** What tells a data directory from any other: one of these is in every one that was ever used. */
const OURS = [CONFIG_FILE_NAME, basename(databasePath('.')), 'keys', 'api-token.txt'];

/**
 * For verbs that put keys into a data directory: a slip of the finger must not make another one, nor fill a folder that is
 * something else. An empty one, as an operator or a package makes it, is as good as one of ours.
 * @returns whether it is empty
 * @throws NOT_INITIALISED
 */
export function requirePlaceForKeys(dataDir: string): { readonly empty: boolean } {
  if (!existsSync(dataDir)) throw cliError('NOT_INITIALISED', `data-dir: there is no folder ${dataDir}`);
  const names = readdirSync(dataDir).filter((name) => name !== 'lost+found');
  if (names.length > 0 && !names.some((name) => OURS.includes(name))) {
    throw cliError('NOT_INITIALISED', `data-dir: ${dataDir} is a folder of something else`);
  }
  return { empty: names.length === 0 };
}
