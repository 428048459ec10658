import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Settings } from '../core/config/settings.ts';
import type { SharedPlace } from '../slashing-db/index.ts';

/** The database that this signer shares with others, and as who; null for a file of its own. */
export function serverPlace(settings: Settings): SharedPlace | null {
  const url = settings['slashing-db'];
  if (url === null) return null;
  return {
    url,
    passwordFile: settings['slashing-db-password-file'],
    instance: settings.instance ?? instanceOf(settings['data-dir']),
  };
}

/** A copy of a data directory on the same host has another path; on another host, another host name. */
function instanceOf(dataDir: string): string {
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  return `${hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 48)}-${digest}`;
}
