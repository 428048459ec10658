import type { Pubkey } from '../../../core/units.ts';
import type { ReadAhead } from './read-ahead.ts';
import { readCache, refused, unlockCache, type CacheState, type KeystoreProofs } from './unlock-cache.ts';

export interface OpenOptions {
  /** What `readAhead` began, if it did. */
  readonly ahead?: ReadAhead | null;
  /** Keys that are to leave the cache whether or not their keystores are there, such as deleted ones. */
  readonly unwanted?: ((pubkey: Pubkey) => boolean) | undefined;
}

export interface FileLook {
  readonly state: CacheState;
  /** Keys of the file without keystore or password: it shows nothing about them. */
  readonly absent: readonly Pubkey[];
  readonly unwanted: number;
}

/** What a cache file has for keystores that are there now. Never throws. */
export async function lookAtFile(
  path: string,
  place: Uint8Array,
  proofs: KeystoreProofs,
  { ahead, unwanted = () => false }: OpenOptions,
): Promise<FileLook> {
  let missed: Pubkey[] = [];
  const look = (state: CacheState): FileLook => {
    const absent = missed.filter((pubkey) => !unwanted(pubkey));
    return { state, absent, unwanted: missed.length - absent.length };
  };
  try {
    const cache = (await ahead?.cache()) ?? (await readCache(path, place));
    if (cache.kind !== 'read') return look(cache);
    missed = cache.pubkeys.filter((pubkey) => !proofs.has(pubkey));
    return look(await unlockCache(cache, place, proofs, ahead?.lockingKey.bind(ahead)));
  } catch (error) {
    return look(refused((error as Error).message));
  }
}
