import { randomBytes } from 'node:crypto';
import { encodeCache, type CacheRecord } from './cache-layout.ts';
import { cacheKeys, lockingKey, lockKey, sealOf } from './cache-lock.ts';

export interface CacheContent {
  readonly place: Uint8Array;
  /** What the records are under, see `cacheKeys`. */
  readonly dataKey: Uint8Array;
  readonly records: readonly CacheRecord[];
  /** Digests of the passwords of all of their keystores. */
  readonly passwords: Iterable<Uint8Array>;
}

/** The bytes of a cache file under a new salt: one scrypt. @throws KEYSTORE_KDF_FAILED */
export async function sealCache({ place, dataKey, records, passwords }: CacheContent): Promise<Uint8Array> {
  const salt = randomBytes(32);
  const locking = await lockingKey(passwords, salt, place);
  const lockedKey = lockKey(locking, dataKey);
  locking.fill(0);
  const body = encodeCache({ place, salt, lockedKey, records });
  const keys = cacheKeys(dataKey);
  try {
    return Buffer.concat([body, sealOf(keys.file, body)]);
  } finally {
    keys.file.fill(0);
    keys.records.fill(0);
  }
}
