import { createHash, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Pubkey } from '../../../core/units.ts';
import { namesIn, removeDurably } from '../folder.ts';
import { writePrivateFile } from '../private-file.ts';
import { MAX_CACHE_BYTES, type CacheRecord } from './cache-layout.ts';
import { cacheKeys } from './cache-lock.ts';
import { sealCache } from './seal-cache.ts';
import { spareParts } from './spare-parts.ts';
import {
  openRecords,
  provenRecords,
  readCache,
  resealed,
  unlockCache,
  type KeystoreProofs,
} from './unlock-cache.ts';

/** A record with the digest of the password of its keystore. */
export interface SparedRecord {
  readonly record: CacheRecord;
  readonly password: Uint8Array;
}

/** What a spare part gave back. */
export interface Recovered {
  readonly pubkey: Pubkey;
  readonly record: CacheRecord;
  /** The caller overwrites it. */
  readonly secret: Uint8Array;
  readonly password: Uint8Array;
}

/** Records sealed in one go, with a turn of the event loop in between. */
const BATCH = 100;

/**
 * Spare parts of a cache. The cache opens only under all passwords of its keystores, so that where each has one of its
 * own, a single one that is replaced would cost all the others. Beside it therefore lie smaller caches, made as it is:
 * each is worth nothing without all passwords of its own keystores either, has a data key of its own, and costs who
 * guesses a scrypt for every guess. For any two passwords there is one under the first and not the second, so that
 * whichever is lost, the keystores under all others are still in some part.
 */
export class SpareCaches {
  readonly #path: string;
  readonly #place: Uint8Array;

  /** @param path of the cache that these are the parts of */
  constructor(path: string, place: Uint8Array) {
    this.#path = path;
    this.#place = place;
  }

  /**
   * The secrets of keystores that are as they were, out of parts whose keystores all are. Part by part, each with a scrypt,
   * as long as one has something that no part before it had. Never throws but for lack of memory.
   */
  async *recover(proofs: KeystoreProofs): AsyncGenerator<Recovered[], void, undefined> {
    const had = new Set<Pubkey>();
    for (const name of await this.#names()) {
      const cache = await readCache(join(dirname(this.#path), name), this.#place);
      if (cache.kind !== 'read' || provenRecords(cache, proofs).length < cache.pubkeys.length) continue;
      if (cache.pubkeys.every((pubkey) => had.has(pubkey))) continue;
      const state = await unlockCache(cache, this.#place, proofs);
      if (state.kind !== 'unlocked') continue;
      const keys = cacheKeys(state.dataKey);
      const fresh = state.records.filter(({ pubkey }) => !had.has(pubkey));
      const records = new Map(fresh.map((one) => [one.pubkey, one]));
      const opened = await openRecords(keys.records, this.#place, fresh);
      for (const key of [state.dataKey, keys.records, keys.file]) key.fill(0);
      yield opened.flatMap(({ pubkey, secret }) => {
        const one = records.get(pubkey);
        if (one === undefined) return [];
        had.add(pubkey);
        return [{ pubkey, secret, record: one.record, password: one.proof.password }];
      });
    }
  }

  /**
   * Makes the parts anew unless they are those of these very keystores. One scrypt for each, one after the other.
   * @param recordsKey what the records are under
   * @param keep writes what it is given, or nothing; false ends it
   * @throws KEYSTORE_KDF_FAILED, KEY_FILE_UNWRITABLE
   */
  async write(
    content: readonly SparedRecord[],
    recordsKey: Uint8Array,
    keep: (write: () => Promise<void>) => Promise<boolean>,
  ): Promise<void> {
    const names = await this.#names();
    const digest = digestOf(content);
    const wanted = new Map(
      partsOf(content).map((part, index) => [`${this.#base}.spare-${pad(index)}-${digest}.sealed`, part]),
    );
    const missing = [...wanted].filter(([name]) => !names.includes(name));
    // Taken over once, see `openRecords`.
    const source = createSecretKey(recordsKey);
    for (const [name, part] of missing) {
      const dataKey = randomBytes(32);
      const records = await this.#resealed(part, source, dataKey);
      const passwords = part.map(({ password }) => password);
      const bytes = await sealCache({ place: this.#place, dataKey, records, passwords });
      dataKey.fill(0);
      const path = join(dirname(this.#path), name);
      if (!(await keep(() => writePrivateFile(path, bytes, MAX_CACHE_BYTES)))) return;
    }
    await this.#remove(names.filter((name) => !wanted.has(name)));
  }

  /** @throws KEY_FILE_UNWRITABLE */
  async remove(): Promise<void> {
    await this.#remove(await this.#names());
  }

  async #remove(names: readonly string[]): Promise<void> {
    const folder = dirname(this.#path);
    for (const name of names) await removeDurably(folder, join(folder, name));
  }

  async #resealed(
    part: readonly SparedRecord[],
    source: KeyObject,
    dataKey: Uint8Array,
  ): Promise<CacheRecord[]> {
    const keys = cacheKeys(dataKey);
    const target = createSecretKey(keys.records);
    const records: CacheRecord[] = [];
    for (const [index, { record }] of part.entries()) {
      if (index % BATCH === 0) await turn();
      const moved = resealed(this.#place, record, source, target);
      if (moved !== null) records.push(moved);
    }
    keys.records.fill(0);
    keys.file.fill(0);
    return records;
  }

  get #base(): string {
    return basename(this.#path, '.sealed');
  }

  async #names(): Promise<string[]> {
    const names = await namesIn(dirname(this.#path));
    return names
      .filter((name) => name !== basename(this.#path) && cacheOf(name) === basename(this.#path))
      .sort();
  }
}

const SPARE = /^(key-cache(?:-[0-9a-f]+)?)(?:\.spare-[0-9]{2}-[0-9a-f]{16})?\.sealed$/;

/** The name of the cache that a file with this name is, or is a part of; null for any other file. */
export function cacheOf(name: string): string | null {
  const base = SPARE.exec(name)?.[1];
  return base === undefined ? null : `${base}.sealed`;
}

const pad = (part: number): string => part.toString().padStart(2, '0');

/** In the order of their public keys, so that parts which were made at different times go together. */
function partsOf(content: readonly SparedRecord[]): SparedRecord[][] {
  const byPassword = new Map<string, SparedRecord[]>();
  const sorted = content.toSorted((one, other) => Buffer.compare(one.record.pubkey, other.record.pubkey));
  for (const one of sorted) {
    const password = Buffer.from(one.password).toString('hex');
    const others = byPassword.get(password);
    if (others === undefined) byPassword.set(password, [one]);
    else others.push(one);
  }
  const groups = [...byPassword.values()];
  return spareParts(groups.length).map((part) => part.flatMap((group) => groups[group] ?? []));
}

/** Of which keystores, for the names of the parts. Nothing of the passwords: whoever guesses could compare. */
function digestOf(content: readonly SparedRecord[]): string {
  const each = content.map(({ record: { pubkey, keystore } }) => Buffer.concat([pubkey, keystore]));
  const digest = createHash('sha256');
  for (const bytes of each.sort((one, other) => Buffer.compare(one, other))) digest.update(bytes);
  return digest.digest('hex').slice(0, 16);
}
