import { randomBytes } from 'node:crypto';
import type { Pubkey } from '../../../core/units.ts';
import { sealBox } from './box.ts';
import type { CacheRecord } from './cache-layout.ts';
import { cacheKeys } from './cache-lock.ts';
import type { Heaps } from './check-secrets.ts';
import { sealCache } from './seal-cache.ts';
import type { SparedRecord } from './spare-caches.ts';
import {
  openRecords,
  recordBinding,
  resealed,
  type KeystoreProof,
  type OpenedSecret,
  type ProvenRecord,
  type UnlockedCache,
} from './unlock-cache.ts';

/** What a cache is in memory: records sealed under its data key, each with the digest of the password of its keystore. */
export class HeldRecords {
  readonly #place: Uint8Array;
  readonly #kept = new Map<Pubkey, SparedRecord>();
  #dataKey: Uint8Array = randomBytes(32);
  #keys = cacheKeys(this.#dataKey);

  constructor(place: Uint8Array) {
    this.#place = place;
  }

  get size(): number {
    return this.#kept.size;
  }

  has(pubkey: Pubkey): boolean {
    return this.#kept.has(pubkey);
  }

  all(): SparedRecord[] {
    return [...this.#kept.values()];
  }

  /** What the secrets are under; overwritten by `close`. */
  get recordsKey(): Uint8Array {
    return this.#keys.records;
  }

  /**
   * From now on the data key is that of the file; what was kept before is sealed under it. All of its records are held at
   * once: a start that ends before it has come to the last must not lose those.
   */
  takeOver({ dataKey, records }: UnlockedCache): void {
    const keys = cacheKeys(dataKey);
    const before = [...this.#kept];
    for (const { pubkey, record, proof } of records) {
      this.#kept.set(pubkey, { record, password: proof.password });
    }
    // These were opened from their keystores since.
    for (const [pubkey, { record, password }] of before) {
      const moved = resealed(this.#place, record, this.#keys.records, keys.records);
      if (moved !== null) this.#kept.set(pubkey, { record: moved, password });
    }
    this.#overwriteKeys();
    this.#dataKey = dataKey;
    this.#keys = keys;
  }

  /** The secrets of records that were taken over. One that does not belong to its public key is not held any more. */
  async open(records: readonly ProvenRecord[], heaps: Heaps | null): Promise<OpenedSecret[]> {
    const opened = await openRecords(this.#keys.records, this.#place, records, heaps);
    const good = new Set(opened.map(({ pubkey }) => pubkey));
    for (const { pubkey, record } of records) {
      if (!good.has(pubkey) && this.#kept.get(pubkey)?.record === record) this.#kept.delete(pubkey);
    }
    return opened;
  }

  keep(
    pubkey: Pubkey,
    { password, ...open }: Omit<CacheRecord, 'sealed'> & Pick<KeystoreProof, 'password'>,
    secret: Uint8Array,
  ): void {
    const sealed = sealBox(this.#keys.records, secret, recordBinding(this.#place, open));
    this.#kept.set(pubkey, { record: { ...open, sealed }, password });
  }

  delete(pubkey: Pubkey): void {
    this.#kept.delete(pubkey);
  }

  /** The bytes of a cache file: one scrypt. @throws KEYSTORE_KDF_FAILED */
  async toFile(): Promise<Uint8Array> {
    const kept = this.all();
    // Its own: the scrypt takes a second, in which this one may be overwritten.
    const dataKey = this.#dataKey.slice();
    try {
      return await sealCache({
        ...{ place: this.#place, dataKey },
        records: kept.map(({ record }) => record),
        passwords: kept.map(({ password }) => password),
      });
    } finally {
      dataKey.fill(0);
    }
  }

  /** Overwrites the keys and forgets the records. */
  close(): void {
    this.#overwriteKeys();
    this.#kept.clear();
  }

  #overwriteKeys(): void {
    for (const key of [this.#dataKey, this.#keys.records, this.#keys.file]) key.fill(0);
  }
}
