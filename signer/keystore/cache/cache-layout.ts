/**
 * The bytes of a key cache: a head with what unlocks it, records of fixed size, a digest under a key over all of it.
 *
 *     magic 8 | place 32 | salt 32 | locked data key 60 | number of records 4 | records 236 each | seal 32
 *
 * A record: pubkey 48 | its point uncompressed 96 | digest of the keystore 32 | nonce 12 | secret 32 | tag 16.
 */
export interface CacheFile {
  /** What the cache is bound to besides its passwords, see `cache-place.ts`. */
  readonly place: Uint8Array;
  readonly salt: Uint8Array;
  /** Nonce, ciphertext and tag of the key that the records are under. */
  readonly lockedKey: Uint8Array;
  readonly records: readonly CacheRecord[];
  /** Over everything before it. */
  readonly seal: Uint8Array;
}

export interface CacheRecord {
  readonly pubkey: Uint8Array;
  /** The same key, so that reading it takes no square root. */
  readonly point: Uint8Array;
  /** SHA-256 of the keystore file that the secret came out of. */
  readonly keystore: Uint8Array;
  /** Nonce, ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** Ends in the version of everything that is not in the file: scrypt's parameters, what is bound to what. */
const MAGIC = Buffer.from('VIGILKC1', 'latin1');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const PLACE_BYTES = 32;
const SALT_BYTES = 32;
const SEALED_BYTES = NONCE_BYTES + 32 + TAG_BYTES;
const HEAD_BYTES = MAGIC.length + PLACE_BYTES + SALT_BYTES + SEALED_BYTES + 4;
const RECORD_PARTS = [48, 96, 32, SEALED_BYTES] as const;
const RECORD_BYTES = 48 + 96 + 32 + SEALED_BYTES;
const SEAL_BYTES = 32;
/** As many keys as one process can hold. */
const MAX_RECORDS = 2 ** 20;
export const MAX_CACHE_BYTES = HEAD_BYTES + MAX_RECORDS * RECORD_BYTES + SEAL_BYTES;

/** What the seal is made over; the seal itself is put behind it. */
export function encodeCache({ place, salt, lockedKey, records }: Omit<CacheFile, 'seal'>): Uint8Array {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(records.length);
  return Buffer.concat([
    MAGIC,
    place,
    salt,
    lockedKey,
    count,
    ...records.flatMap(({ pubkey, point, keystore, sealed }) => [pubkey, point, keystore, sealed]),
  ]);
}

/** Null when the bytes are not one whole cache of this version. */
export function decodeCache(bytes: Uint8Array): CacheFile | null {
  if (bytes.length < HEAD_BYTES + SEAL_BYTES || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) return null;
  const take = reader(bytes, MAGIC.length);
  const [place, salt, lockedKey, count] = [
    take(PLACE_BYTES),
    take(SALT_BYTES),
    take(SEALED_BYTES),
    Buffer.from(take(4)).readUInt32BE(),
  ];
  if (count > MAX_RECORDS || bytes.length !== HEAD_BYTES + count * RECORD_BYTES + SEAL_BYTES) return null;
  const records = Array.from({ length: count }, (): CacheRecord => {
    const [pubkey, point, keystore, sealed] = [
      take(RECORD_PARTS[0]),
      take(RECORD_PARTS[1]),
      take(RECORD_PARTS[2]),
      take(RECORD_PARTS[3]),
    ];
    return { pubkey, point, keystore, sealed };
  });
  return { place, salt, lockedKey, records, seal: take(SEAL_BYTES) };
}

/** The part of the file that the seal is over. */
export const sealedPart = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, -SEAL_BYTES);

function reader(bytes: Uint8Array, start: number): (length: number) => Uint8Array {
  let at = start;
  return (length) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
}
