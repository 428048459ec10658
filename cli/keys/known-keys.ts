import { existsSync } from 'node:fs';
import type { Settings } from '../../core/config/settings.ts';
import type { Pubkey } from '../../core/units.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import { readDatabaseStatus, readServerStatus } from '../../slashing-db/index.ts';
import { serverPlace } from '../database/server-place.ts';

export interface KnownKeys {
  /** Keystore in the data directory. */
  readonly stored: ReadonlySet<Pubkey>;
  /** May sign by the slashing database, wherever its keystore is. */
  readonly active: ReadonlySet<Pubkey>;
}

/** Which keys there are. Reads beside a running signer. @throws KEY_FILE_UNREADABLE, DB_* */
export async function knownKeys(settings: Settings): Promise<KnownKeys> {
  const stored = await new KeyDirectory(settings['data-dir']).list();
  const path = databasePath(settings['data-dir']);
  const place = serverPlace(settings);
  const file = existsSync(path) ? readDatabaseStatus(path) : null;
  const status = place === null ? file : await readServerStatus(place);
  const active = (status?.keys ?? []).filter(({ state }) => state === 'active');
  return { stored: new Set(stored), active: new Set(active.map(({ pubkey }) => pubkey)) };
}
