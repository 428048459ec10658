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
   * From now on the data key is that of the file. All of its records are held at once: a start that ends before it has
   * come to the last must not lose those.
   */
  takeOver({ dataKey, records }: UnlockedCache): void {
    this.#overwriteKeys();
    this.#dataKey = dataKey;
    this.#keys = cacheKeys(dataKey);
    for (const { pubkey, record, proof } of records) {
      this.#kept.set(pubkey, { record, password: proof.password });
    }
  }

  /** The secrets of records that were taken over. One that does not belong to its public key is not held any more. */
  async open(records: readonly ProvenRecord[], heaps: Heaps | null): Promise<OpenedSecret[]> {
    const opened = await openRecords(this.#keys.records, this.#place, records, heaps);
    const good = new Set(opened.map(({ pubkey }) => pubkey));
    for (const { pubkey } of records) if (!good.has(pubkey)) this.#kept.delete(pubkey);
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
  toFile(): Promise<Uint8Array> {
    const kept = this.all();
    return sealCache({
      ...{ place: this.#place, dataKey: this.#dataKey },
      records: kept.map(({ record }) => record),
      passwords: kept.map(({ password }) => password),
    });
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
