import { existsSync } from 'node:fs';
import type { Settings } from '../../core/config/settings.ts';
import type { Pubkey } from '../../core/units.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import { readDatabaseStatus, readServerStatus, type DatabaseStatus } from '../../slashing-db/index.ts';
import { assertServerNamed } from '../database/file-place.ts';
import { serverPlace } from '../database/server-place.ts';

export interface KnownKeys {
  /** Keystore in the data directory. */
  readonly stored: ReadonlySet<Pubkey>;
  /** May sign by the slashing database, wherever its keystore is. */
  readonly active: ReadonlySet<Pubkey>;
}

async function recordedKeys(settings: Settings): Promise<DatabaseStatus['keys']> {
  assertServerNamed(settings);
  const place = serverPlace(settings);
  if (place !== null) return (await readServerStatus(place)).keys;
  const path = databasePath(settings['data-dir']);
  return existsSync(path) ? readDatabaseStatus(path).keys : [];
}

/** Which keys there are. Reads beside a running signer. @throws KEY_FILE_UNREADABLE, BAD_ARGUMENT, DB_* */
export async function knownKeys(settings: Settings): Promise<KnownKeys> {
  const stored = await new KeyDirectory(settings['data-dir']).list();
  const active = (await recordedKeys(settings)).filter(({ state }) => state === 'active');
  return { stored: new Set(stored), active: new Set(active.map(({ pubkey }) => pubkey)) };
}
