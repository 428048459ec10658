import type { SecretKey } from '@chainsafe/blst';
import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { isVigilError, type VigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import { pubkeyOf, type SecretBytes } from './bls-keys.ts';
import { passwordDigest } from './cache/cache-lock.ts';
import type { ReadAhead } from './cache/read-ahead.ts';
import type { SealedCache } from './cache/sealed-cache.ts';
import type { KeystoreProof, KeystoreProofs } from './cache/unlock-cache.ts';
import { parseKeystoreBytes, unlockKeystore } from './eip2335.ts';
import { defaultConcurrency, inParallel } from './load-in-parallel.ts';

/** A keystore on the disk with what opens it. */
export interface StoredKeystore {
  /** Of the secret that has to be in it, whatever it says itself. */
  readonly pubkey: Pubkey;
  /** For messages. */
  readonly path: string;
  /** @throws KEY_FILE_*, KEY_PASSWORD_MISSING, KEYSTORE_BAD_PASSWORD */
  read(): Promise<LockedKeystore>;
  /** The same at once: for many small files, where waiting in the pool takes ten times as long as reading. */
  readNow(): LockedKeystore;
}

export interface LockedKeystore {
  /** The bytes of the file. */
  readonly keystore: Uint8Array;
  readonly password: string;
}

export type LoadedKey =
  | { readonly pubkey: Pubkey; readonly secretKey: SecretBytes }
  | { readonly pubkey: Pubkey; readonly error: VigilError };

export interface LoadOptions {
  /** Keystores opened at once. Default: the cores, bounded by memory. libuv's pool has 4 threads by default. */
  readonly concurrency?: number;
  /** @param cold how many of them had to be opened one by one so far */
  readonly onProgress?: (done: number, total: number, cold: number) => void;
  /** What was read of the keystores while something else was waited for. */
  readonly ahead?: ReadAhead | null;
  /** Keys whose secrets are to leave the cache, whether or not they are asked for: deleted ones. */
  readonly unwanted?: ((pubkey: Pubkey) => boolean) | undefined;
  /** Once it is aborted no further keystore is opened; those under way still come. */
  readonly signal?: AbortSignal | undefined;
}

/** Keystores whose files are read in one go, with a turn of the event loop in between. */
const READ_AT_ONCE = 250;
/** What a start that is cut short loses at most of its work. */
const SAVE_EVERY_MS = 60_000;

/**
 * Yields each key, or why it could not be had, as it comes: first those that the cache has, then those that have to be
 * opened, which the cache gets. Never throws for one key.
 */
export async function* openStored(
  stored: readonly StoredKeystore[],
  cache: SealedCache | null,
  options: LoadOptions = {},
): AsyncGenerator<LoadedKey, void, undefined> {
  const left = new Map(stored.map((one) => [one.pubkey, one]));
  const total = left.size;
  cache?.hold();
  try {
    for await (const key of fromCache(stored, cache, options)) {
      left.delete(key.pubkey);
      options.onProgress?.(total - left.size, total, 0);
      yield key;
    }
    const concurrency = Math.max(1, options.concurrency ?? defaultConcurrency());
    const cached = total - left.size;
    let done = cached;
    const work = async (item: StoredKeystore | typeof SAVE): Promise<LoadedKey | null> => {
      if (item !== SAVE) return openOne(item, cache);
      await cache?.save();
      return null;
    };
    const next = withSaves(untilAborted(left.values(), options.signal));
    for await (const loaded of inParallel(next, concurrency, work)) {
      if (loaded === null) continue;
      done += 1;
      options.onProgress?.(done, total, done - cached);
      yield loaded;
    }
  } finally {
    cache?.release();
  }
}

export const proofOf = ({ keystore, password }: LockedKeystore): KeystoreProof => ({
  keystore: hash('sha256', keystore, 'buffer'),
  password: passwordDigest(password),
});

/** Only those that the cache has, for the first who asks; who comes later waits until it is known what it has. */
export async function* fromCache(
  stored: readonly StoredKeystore[],
  cache: SealedCache | null,
  { signal, ahead = null, unwanted }: LoadOptions,
): AsyncGenerator<LoadedKey, void, undefined> {
  if (cache === null) return;
  const prove = async (): Promise<KeystoreProofs | null> => {
    const proofs = await proofsOf(stored, ahead, signal);
    return signal?.aborted === true ? null : proofs;
  };
  for await (const batch of cache.open(prove, { ahead, unwanted })) {
    if (signal?.aborted === true) return;
    yield* batch;
  }
}

async function proofsOf(
  stored: readonly StoredKeystore[],
  ahead: ReadAhead | null,
  signal: AbortSignal | undefined,
): Promise<KeystoreProofs> {
  const known = await ahead?.proofs();
  const proofs = new Map<Pubkey, KeystoreProof>();
  let read = 0;
  for (const one of untilAborted(stored, signal)) {
    const early = known?.get(one.pubkey);
    if (early !== undefined) {
      proofs.set(one.pubkey, early);
      continue;
    }
    read += 1;
    if (read % READ_AT_ONCE === 0) await turn();
    try {
      proofs.set(one.pubkey, proofOf(one.readNow()));
    } catch {
      // The way without the cache tells why.
      continue;
    }
  }
  return proofs;
}

async function openOne(stored: StoredKeystore, cache: SealedCache | null): Promise<LoadedKey> {
  const { pubkey } = stored;
  try {
    return { pubkey, secretKey: await unlock(stored, cache) };
  } catch (error) {
    return { pubkey, error: isVigilError(error) ? error : keyError('KEY_LOAD_FAILED', undefined, error) };
  }
}

async function unlock(stored: StoredKeystore, cache: SealedCache | null): Promise<SecretKey> {
  const { pubkey, path } = stored;
  const locked = await stored.read();
  const secretKey = await unlockKeystore(parseKeystoreBytes(locked.keystore, path), locked.password);
  // What it was found under is what the rest of the signer goes by, whether or not the keystore names a key itself.
  const derived = pubkeyOf(secretKey);
  if (derived !== pubkey) {
    throw keyError('KEYSTORE_PUBKEY_MISMATCH', `${path} holds the secret of ${derived}`);
  }
  cache?.put(pubkey, proofOf(locked), secretKey);
  return secretKey;
}

const SAVE = Symbol('save');

/** Now and then a save comes in between, in the place of a keystore: it takes as much memory. */
function* withSaves<Item>(items: Iterable<Item>): Generator<Item | typeof SAVE> {
  let saved = performance.now();
  for (const item of items) {
    if (performance.now() - saved > SAVE_EVERY_MS) {
      yield SAVE;
      saved = performance.now();
    }
    yield item;
  }
}

function* untilAborted<Item>(items: Iterable<Item>, signal: AbortSignal | undefined): Generator<Item> {
  for (const item of items) {
    if (signal?.aborted === true) return;
    yield item;
  }
}
