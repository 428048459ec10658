import { join } from 'node:path';
import type { Logger } from '../../../core/log/logger.ts';
import { keyCachePath } from '../../data-directory.ts';
import { namesIn, removeDurably } from '../folder.ts';
import { cachePlace } from './cache-place.ts';
import { SealedCache } from './sealed-cache.ts';

/** The cache of a data directory. Switched off, what an earlier start left is removed. @throws KEY_FILE_UNWRITABLE */
export async function openKeyCache(dataDir: string, on: boolean, log: Logger): Promise<SealedCache | null> {
  const path = keyCachePath(dataDir);
  if (on) return new SealedCache({ path, place: cachePlace(dataDir), log });
  // Those of key sources too, see `sources/open-source.ts`.
  const caches = (await namesIn(dataDir)).filter((name) => /^key-cache(?:-[0-9a-f]+)?\.sealed$/.test(name));
  for (const name of caches) await removeDurably(dataDir, join(dataDir, name));
  return null;
}
