import type { Logger } from '../../../core/log/logger.ts';
import { keyCachePath } from '../../data-directory.ts';
import { removeDurably } from '../folder.ts';
import { cachePlace } from './cache-place.ts';
import { SealedCache } from './sealed-cache.ts';

/** The cache of a data directory. Switched off, what an earlier start left is removed. @throws KEY_FILE_UNWRITABLE */
export async function openKeyCache(dataDir: string, on: boolean, log: Logger): Promise<SealedCache | null> {
  const path = keyCachePath(dataDir);
  if (on) return new SealedCache({ path, place: cachePlace(dataDir), log });
  await removeDurably(dataDir, path);
  return null;
}
