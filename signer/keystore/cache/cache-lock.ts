import { createHmac, hash, hkdfSync, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { keyError } from '../../key-errors.ts';
import { derivationRoom } from '../derivation-room.ts';
import { encodePassword } from '../password.ts';
import { openBox, sealBox } from './box.ts';

/** The cost that EIP-2335 gives a keystore, so that guessing at the cache is not cheaper than guessing at a keystore. */
const COST = { N: 262_144, r: 8, p: 1, maxmem: 128 * 8 * (262_144 + 3) } as const;

const derive = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);

/** The keys that a data key stands for. Overwritten by whoever holds them. */
export interface CacheKeys {
  /** The records are under this one. */
  readonly records: Uint8Array;
  /** The file as a whole is sealed with this one. */
  readonly file: Uint8Array;
}

/** SHA-256 of a password as it enters the derivation of its keystore. */
export function passwordDigest(password: string): Uint8Array {
  const encoded = encodePassword(password);
  try {
    return hash('sha256', encoded, 'buffer');
  } finally {
    encoded.fill(0);
  }
}

/**
 * The key that locks the data key: one scrypt over the digests of all passwords, each different one once and sorted. Who
 * lacks a single one of them has nothing.
 * @throws KEYSTORE_KDF_FAILED when memory runs out
 */
export async function lockingKey(
  passwords: Iterable<Uint8Array>,
  salt: Uint8Array,
  place: Uint8Array,
): Promise<Uint8Array> {
  const material = lockMaterial(passwords);
  try {
    const stretched = await derivationRoom.take(COST.maxmem, () => derive(material, salt, 32, COST));
    const key = new Uint8Array(hkdfSync('sha256', stretched, place, 'vigil key cache lock', 32));
    stretched.fill(0);
    return key;
  } catch (error) {
    throw keyError('KEYSTORE_KDF_FAILED', 'scrypt could not run for the key cache', error);
  } finally {
    material.fill(0);
  }
}

/** What the scrypt is over: each different digest once, sorted. The caller overwrites it. */
export function lockMaterial(passwords: Iterable<Uint8Array>): Uint8Array {
  const different = new Map([...passwords].map((digest) => [Buffer.from(digest).toString('hex'), digest]));
  return Buffer.concat([...different.entries()].sort(byName).map(([, digest]) => digest));
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

const LOCKED = Buffer.from('vigil key cache data key');

export const lockKey = (key: Uint8Array, dataKey: Uint8Array): Uint8Array => sealBox(key, dataKey, LOCKED);

/** Null under another key. */
export const unlockKey = (key: Uint8Array, locked: Uint8Array): Uint8Array | null =>
  openBox(key, locked, LOCKED);

export const cacheKeys = (dataKey: Uint8Array): CacheKeys => ({
  records: new Uint8Array(hkdfSync('sha256', dataKey, '', 'vigil key cache records', 32)),
  file: new Uint8Array(hkdfSync('sha256', dataKey, '', 'vigil key cache file', 32)),
});

export const sealOf = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(bytes).digest();
