import { createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { pubkeyFromBytes, type Pubkey } from '../../../core/units.ts';
import { readPrivateFile } from '../private-file.ts';
import { openBox, sealBox } from './box.ts';
import {
  decodeCache,
  MAX_CACHE_BYTES,
  sealedPart,
  type CacheFile,
  type CacheRecord,
} from './cache-layout.ts';
import { cacheKeys, lockingKey, lockMaterial, sealOf, unlockKey } from './cache-lock.ts';
import { withoutOddPasswords } from './odd-passwords.ts';
import { wrongSecrets, type Heaps } from './check-secrets.ts';

/** What says that a record is still that of a keystore: digests of its file and of its password, see `cache-lock.ts`. */
export interface KeystoreProof {
  readonly keystore: Uint8Array;
  readonly password: Uint8Array;
}

/** Of keystores that are there now. */
export type KeystoreProofs = ReadonlyMap<Pubkey, KeystoreProof>;

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

export interface RefusedCache {
  readonly kind: 'refused';
  readonly reason: string;
  /** Nothing speaks against it but that a password is missing. */
  readonly locked: boolean;
}

export type CacheState = UnlockedCache | RefusedCache | { readonly kind: 'none' };

export const refused = (reason: string, locked = false): RefusedCache => ({
  kind: 'refused',
  reason,
  locked,
});

/** A whole cache of this version and place. Nothing in it is proven yet. */
export interface ReadCache {
  readonly kind: 'read';
  readonly bytes: Uint8Array;
  readonly file: CacheFile;
  /** Of the records, in their order. */
  readonly pubkeys: readonly Pubkey[];
}

/** Never throws. */
export async function readCache(
  path: string,
  place: Uint8Array,
): Promise<ReadCache | Exclude<CacheState, UnlockedCache>> {
  const bytes = await read(path);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const file = decodeCache(bytes);
  if (file === null) return refused('it is damaged, or of another version');
  if (!timingSafeEqual(file.place, place)) {
    return refused('it was made on another machine or for another data directory');
  }
  return { kind: 'read', bytes, file, pubkeys: file.records.map(({ pubkey }) => pubkeyFromBytes(pubkey)) };
}

/**
 * Proves a cache file: passwords and seal. Its secrets are still shut. Never throws but for lack of memory.
 * @param proofs of all keystores that are there now
 * @param derive what `lockingKey` is, or the same ahead of time
 * @throws KEYSTORE_KDF_FAILED
 */
export async function unlockCache(
  cache: ReadCache,
  place: Uint8Array,
  proofs: KeystoreProofs,
  derive: typeof lockingKey = lockingKey,
): Promise<CacheState> {
  const { bytes, file } = cache;
  const records = provenRecords(cache, proofs);
  if (records.length === 0) return refused('none of its keystores is there any more as it was');
  const found = await dataKeyOf(file, place, passwordSets(cache, records, proofs), derive);
  if (found === null) {
    const reason =
      'a password is another than when it was made, or a keystore with a password of its own is gone';
    return refused(reason, true);
  }
  const { dataKey, proven } = found;
  const keys = cacheKeys(dataKey);
  const intact = timingSafeEqual(sealOf(keys.file, sealedPart(bytes)), file.seal);
  keys.file.fill(0);
  keys.records.fill(0);
  if (!intact) return refused('it was tampered with');
  return { kind: 'unlocked', dataKey, records: proven, stale: file.records.length - proven.length };
}

/** Passwords that a cache may be under, and the records that are proven if it is. */
interface PasswordSet {
  readonly passwords: readonly Uint8Array[];
  readonly proven: readonly ProvenRecord[];
}

/**
 * Which passwords it may be under: those that are now beside all of its keystores, changed ones too, because a keystore
 * may be written anew under its old password; or those of unchanged keystores alone; or those without a few that are
 * likely to be damaged, whose keystores then prove nothing.
 */
function passwordSets(
  { pubkeys }: ReadCache,
  unchanged: readonly ProvenRecord[],
  proofs: KeystoreProofs,
): PasswordSet[] {
  const ofRecords = (proven: readonly ProvenRecord[]): PasswordSet => ({
    passwords: proven.map(({ proof }) => proof.password),
    proven,
  });
  const sure = ofRecords(unchanged);
  const further = withoutOddPasswords(unchanged).map(ofRecords);
  if (pubkeys.length === unchanged.length) return [sure, ...further];
  const all = pubkeys.flatMap((pubkey) => proofs.get(pubkey)?.password ?? []);
  const [one, other] = [lockMaterial(all), lockMaterial(sure.passwords)];
  const same = Buffer.compare(one, other) === 0;
  one.fill(0);
  other.fill(0);
  return same ? [sure, ...further] : [{ passwords: all, proven: unchanged }, sure, ...further];
}

async function dataKeyOf(
  { salt, lockedKey }: CacheFile,
  place: Uint8Array,
  sets: readonly PasswordSet[],
  derive: typeof lockingKey,
): Promise<{ readonly dataKey: Uint8Array; readonly proven: readonly ProvenRecord[] } | null> {
  for (const { passwords, proven } of sets) {
    const locking = await derive(passwords, salt, place);
    const dataKey = unlockKey(locking, lockedKey);
    locking.fill(0);
    if (dataKey !== null) return { dataKey, proven };
  }
  return null;
}

export interface OpenedSecret {
  readonly pubkey: Pubkey;
  /** The caller overwrites it. */
  readonly secret: Uint8Array;
}

/**
 * The secrets of proven records that belong to their public keys; any other is left out.
 * @param heaps see {@link wrongSecrets}
 */
export async function openRecords(
  recordsKey: Uint8Array,
  place: Uint8Array,
  records: readonly ProvenRecord[],
  heaps: Heaps | null = null,
): Promise<OpenedSecret[]> {
  // Taken over once: with bytes Node does it anew for each, which costs more than the decryption.
  const key = createSecretKey(recordsKey);
  const claims = records.flatMap(({ pubkey, record }) => {
    const secret = openBox(key, record.sealed, recordBinding(place, record));
    return secret === null ? [] : [{ secret, pubkey: record.pubkey, point: record.point, name: pubkey }];
  });
  const wrong = new Set(await wrongSecrets(claims, heaps));
  for (const { secret } of wrong) secret.fill(0);
  return claims.filter((claim) => !wrong.has(claim)).map(({ name, secret }) => ({ pubkey: name, secret }));
}

/** The same record under another key; null when it is not under `from`. */
export function resealed(
  place: Uint8Array,
  record: CacheRecord,
  from: Uint8Array | KeyObject,
  to: Uint8Array | KeyObject,
): CacheRecord | null {
  const binding = recordBinding(place, record);
  const secret = openBox(from, record.sealed, binding);
  if (secret === null) return null;
  const sealed = sealBox(to, secret, binding);
  secret.fill(0);
  return { ...record, sealed };
}

/** What a record cannot be moved away from. */
export const recordBinding = (
  place: Uint8Array,
  { pubkey, point, keystore }: Omit<CacheRecord, 'sealed'>,
): Uint8Array => Buffer.concat([place, pubkey, point, keystore]);

async function read(path: string): Promise<Uint8Array | RefusedCache | { readonly kind: 'none' }> {
  try {
    return await readPrivateFile(path, MAX_CACHE_BYTES);
  } catch (error) {
    if (isVigilError(error, 'KEY_FILE_MISSING')) return { kind: 'none' };
    return refused(isVigilError(error) ? error.message : 'it cannot be read');
  }
}

/** The records whose keystores are still those that they were made of. */
export function provenRecords({ file, pubkeys }: ReadCache, proofs: KeystoreProofs): ProvenRecord[] {
  return file.records.flatMap((record, index) => {
    const pubkey = pubkeys[index];
    const proof = pubkey === undefined ? undefined : proofs.get(pubkey);
    if (pubkey === undefined || proof === undefined) return [];
    return timingSafeEqual(proof.keystore, record.keystore) ? [{ pubkey, record, proof }] : [];
  });
}
