import { join } from 'node:path';
import type { Logger } from '../../../core/log/logger.ts';
import { keyCachePath } from '../../data-directory.ts';
import { namesIn, removeDurably } from '../folder.ts';
import { cachePlace } from './cache-place.ts';
import { SealedCache } from './sealed-cache.ts';

/** The cache of a data directory; its file is not touched yet. */
export const keyCacheOf = (dataDir: string, log: Logger): SealedCache =>
  new SealedCache({ path: keyCachePath(dataDir), place: cachePlace(dataDir), log });

/** What an earlier start left that had a cache, those of key sources too, see `sources/open-source.ts`. @throws KEY_FILE_UNWRITABLE */
export async function removeKeyCaches(dataDir: string): Promise<void> {
  const caches = (await namesIn(dataDir)).filter((name) => /^key-cache(?:-[0-9a-f]+)?\.sealed$/.test(name));
  for (const name of caches) await removeDurably(dataDir, join(dataDir, name));
}
