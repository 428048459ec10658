import { existsSync } from 'node:fs';
import { cliError } from './cli-errors.ts';

/** For verbs that need one: a database that is not there is an error, never an empty answer or a new database. @throws NOT_INITIALISED */
export function requireDatabase(path: string): void {
  if (!existsSync(path)) throw cliError('NOT_INITIALISED', `there is no slashing database at ${path}`);
}

/** @throws NOT_INITIALISED */
export function requireDataDirectory(path: string): void {
  if (!existsSync(path)) throw cliError('NOT_INITIALISED', `there is no data directory at ${path}`);
}
