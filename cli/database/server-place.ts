import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Settings } from '../../core/config/settings.ts';
import { instanceNamePath } from '../../signer/data-directory.ts';
import { keptName, type SharedPlace } from '../../slashing-db/index.ts';

/** The database that this signer shares with others, and as who; null for a file of its own. */
export function serverPlace(settings: Settings): SharedPlace | null {
  const url = settings['slashing-db'];
  if (url === null) return null;
  const nameFile = instanceNamePath(settings['data-dir']);
  return {
    url,
    passwordFile: settings['slashing-db-password-file'],
    instance: settings.instance ?? keptName(nameFile) ?? instanceOf(settings['data-dir']),
    nameFile,
  };
}

/** For a signer that was never named: no other one that shares the database has this. */
function instanceOf(dataDir: string): string {
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  return `${hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 48)}-${digest}`;
}
