import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Logger } from '../../../core/log/logger.ts';
import type { Pubkey } from '../../../core/units.ts';
import { keyCachePath } from '../../data-directory.ts';
import { namesIn, removeDurably } from '../folder.ts';
import { isTemporaryName } from '../private-file.ts';
import { cachePlace } from './cache-place.ts';
import { SealedCache } from './sealed-cache.ts';
import { cacheOf } from './spare-caches.ts';
import { readCache } from './unlock-cache.ts';

/** The cache of a data directory; its file is not touched yet. */
export const keyCacheOf = (dataDir: string, log: Logger): SealedCache =>
  new SealedCache({ path: keyCachePath(dataDir), place: cachePlace(dataDir), log });

const CACHE = 'key-cache.sealed';

/** The cache of a key source with this name, in the data directory. */
export function sourceCachePath(dataDir: string, source: string): string {
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 16);
  return join(dataDir, `key-cache-${digest}.sealed`);
}

/**
 * All caches with their spare parts, those of key sources too, that an earlier start left.
 * @param sources names of those whose caches stay, as does that of the data directory; null: none stays
 * @throws KEY_FILE_UNWRITABLE
 */
export async function removeKeyCaches(
  dataDir: string,
  sources: readonly string[] | null = null,
): Promise<void> {
  const kept = new Set(
    sources === null ? [] : [CACHE, ...sources.map((name) => basename(sourceCachePath(dataDir, name)))],
  );
  const caches = (await namesIn(dataDir)).filter((name) => {
    const cache = cacheOf(name);
    return cache !== null && !kept.has(cache);
  });
  for (const name of caches) await removeDurably(dataDir, join(dataDir, name));
}

/**
 * The caches of key sources that have a key, or that cannot be read, each with its spare parts. For who deletes a key while
 * no signer has them open.
 * @throws KEY_FILE_UNWRITABLE
 */
export async function removeSourceCachesWith(dataDir: string, pubkey: Pubkey): Promise<void> {
  const names = (await namesIn(dataDir)).filter((name) => ![null, CACHE].includes(cacheOf(name)));
  const spoilt = new Set<string | null>();
  for (const name of names) {
    const cache = await readCache(join(dataDir, name), cachePlace(dataDir));
    if (cache.kind === 'none' || (cache.kind === 'read' && !cache.pubkeys.includes(pubkey))) continue;
    spoilt.add(cacheOf(name));
  }
  for (const name of names) if (spoilt.has(cacheOf(name))) await removeDurably(dataDir, join(dataDir, name));
}

/** Whether a write of any cache that was cut short left this. */
export const isCacheLeftover = (name: string): boolean =>
  isTemporaryName(name) && cacheOf(name.replace(/^\.(.*)\.[0-9a-f]{16}\.tmp$/, '$1')) !== null;
