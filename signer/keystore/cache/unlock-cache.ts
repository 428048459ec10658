import { createSecretKey, timingSafeEqual } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { pubkeyFromBytes, type Pubkey } from '../../../core/units.ts';
import { readPrivateFile } from '../private-file.ts';
import { openBox } from './box.ts';
import { decodeCache, MAX_CACHE_BYTES, sealedPart, type CacheRecord } from './cache-layout.ts';
import { cacheKeys, lockingKey, sealOf, unlockKey } from './cache-lock.ts';
import { wrongSecrets } from './check-secrets.ts';

/** What says that a record is still that of a keystore: digests of its file and of its password, see `cache-lock.ts`. */
export interface KeystoreProof {
  readonly keystore: Uint8Array;
  readonly password: Uint8Array;
}

export interface ProvenRecord {
  readonly pubkey: Pubkey;
  readonly record: CacheRecord;
  readonly proof: KeystoreProof;
}

export interface UnlockedCache {
  readonly kind: 'unlocked';
  readonly dataKey: Uint8Array;
  readonly records: readonly ProvenRecord[];
  /** Records of keystores that are gone or have changed. */
  readonly stale: number;
}

export type CacheState =
  UnlockedCache | { readonly kind: 'none' } | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): CacheState => ({ kind: 'refused', reason });

/**
 * Proves a cache file: place, passwords and seal. Its secrets are still shut. Never throws but for lack of memory.
 * @param proofs of all keystores that are there now
 * @param derive what `lockingKey` is, or the same ahead of time
 * @throws KEYSTORE_KDF_FAILED
 */
export async function unlockCache(
  path: string,
  place: Uint8Array,
  proofs: ReadonlyMap<Pubkey, KeystoreProof>,
  derive: typeof lockingKey = lockingKey,
): Promise<CacheState> {
  const bytes = await read(path);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const file = decodeCache(bytes);
  if (file === null) return refused('it is damaged, or of another version');
  if (!timingSafeEqual(file.place, place)) {
    return refused('it was made on another machine or for another data directory');
  }
  const records = file.records.flatMap((record) => proven(record, proofs));
  if (records.length === 0) return refused('none of its keystores is there any more as it was');
  const passwords = records.map(({ proof }) => proof.password);
  const locking = await derive(passwords, file.salt, place);
  const dataKey = unlockKey(locking, file.lockedKey);
  locking.fill(0);
  if (dataKey === null) {
    return refused(
      'a password is another than when it was made, or a keystore with a password of its own is gone',
    );
  }
  const keys = cacheKeys(dataKey);
  const intact = timingSafeEqual(sealOf(keys.file, sealedPart(bytes)), file.seal);
  keys.file.fill(0);
  keys.records.fill(0);
  if (!intact) return refused('it was tampered with');
  return { kind: 'unlocked', dataKey, records, stale: file.records.length - records.length };
}

export interface OpenedSecret {
  readonly pubkey: Pubkey;
  /** The caller overwrites it. */
  readonly secret: Uint8Array;
}

/** The secrets of proven records that belong to their public keys; any other is left out. */
export function openRecords(
  recordsKey: Uint8Array,
  place: Uint8Array,
  records: readonly ProvenRecord[],
): OpenedSecret[] {
  // Taken over once: with bytes Node does it anew for each, which costs more than the decryption.
  const key = createSecretKey(recordsKey);
  const claims = records.flatMap(({ pubkey, record }) => {
    const secret = openBox(key, record.sealed, recordBinding(place, record));
    return secret === null ? [] : [{ secret, pubkey: record.pubkey, point: record.point, name: pubkey }];
  });
  const wrong = new Set(wrongSecrets(claims));
  for (const { secret } of wrong) secret.fill(0);
  return claims.filter((claim) => !wrong.has(claim)).map(({ name, secret }) => ({ pubkey: name, secret }));
}

/** What a record cannot be moved away from. */
export const recordBinding = (
  place: Uint8Array,
  { pubkey, point, keystore }: Omit<CacheRecord, 'sealed'>,
): Uint8Array => Buffer.concat([place, pubkey, point, keystore]);

async function read(path: string): Promise<Uint8Array | CacheState> {
  try {
    return await readPrivateFile(path, MAX_CACHE_BYTES);
  } catch (error) {
    if (isVigilError(error, 'KEY_FILE_MISSING')) return { kind: 'none' };
    return refused(isVigilError(error) ? error.message : 'it cannot be read');
  }
}

function proven(record: CacheRecord, proofs: ReadonlyMap<Pubkey, KeystoreProof>): ProvenRecord[] {
  const pubkey = pubkeyFromBytes(record.pubkey);
  const proof = proofs.get(pubkey);
  if (proof === undefined || !timingSafeEqual(proof.keystore, record.keystore)) return [];
  return [{ pubkey, record, proof }];
}
