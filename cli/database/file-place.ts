import { existsSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { resolveSettings } from '../../core/config/resolve-settings.ts';
import type { Settings } from '../../core/config/settings.ts';
import { databasePath, instanceNamePath } from '../../signer/data-directory.ts';
import { shownUrl } from '../../slashing-db/index.ts';
import { cliError } from '../cli-errors.ts';

/** The database of a data directory, or the file itself. What is not there yet is a directory, unless it is named as a file. */
export const fileOf = (where: string): string =>
  isFolder(where) ? databasePath(resolve(where)) : resolve(where);

/**
 * Refuses a data directory whose signer has its slashing database on a server: a file that is still in it is what the
 * signer left behind when it moved there, and lacks whatever it signed since.
 * @throws BAD_ARGUMENT, CONFIG_INVALID
 */
export function assertLivesInFile(where: string): void {
  if (!isFolder(where)) return;
  const path = fileOf(where);
  const { settings } = resolveSettings({ flags: { 'data-dir': dirname(path) }, environment: {} });
  const url = settings['slashing-db'];
  const name = instanceNamePath(dirname(path));
  if (url === null && !existsSync(name)) return;
  const why = url === null ? `${name} is there` : `its vigil.yaml names ${shownUrl(url)}`;
  throw cliError(
    'BAD_ARGUMENT',
    `the signer of ${resolve(where)} has its slashing database on a server: ${why}. Name that; or, if it is the file that is meant, ${path}`,
  );
}

/**
 * Refuses to look for a file where the signer has its database on a server, which only the settings of its service name: a
 * new file there would be a second, empty database for the same keys.
 * @throws BAD_ARGUMENT
 */
export function assertServerNamed(settings: Settings): void {
  const dataDir = settings['data-dir'];
  const name = instanceNamePath(dataDir);
  if (settings['slashing-db'] !== null || existsSync(databasePath(dataDir)) || !existsSync(name)) return;
  throw cliError(
    'BAD_ARGUMENT',
    `slashing-db: the signer of ${dataDir} has its slashing database on a server (${name} is there), and it is not named here: --slashing-db, VIGIL_SLASHING_DB or vigil.yaml, as its service has it`,
  );
}

function isFolder(where: string): boolean {
  const path = resolve(where);
  return existsSync(path) ? statSync(path).isDirectory() : extname(path) === '';
}
