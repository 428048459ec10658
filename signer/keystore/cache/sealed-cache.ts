import type { SecretKey } from '@chainsafe/blst';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isVigilError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { Turns } from '../../../core/turns.ts';
import { bytesOf, type Pubkey } from '../../../core/units.ts';
import { keyError } from '../../key-errors.ts';
import { removeDurably } from '../folder.ts';
import { writePrivateFile } from '../private-file.ts';
import { AfterRest } from './after-rest.ts';
import { MAX_CACHE_BYTES } from './cache-layout.ts';
import { CacheLife } from './cache-life.ts';
import { FileWorth } from './file-worth.ts';
import { HeldRecords } from './held-records.ts';
import { lookAtFile, type OpenOptions } from './look-at-file.ts';
import { lent, type CachedKey } from './lent-keys.ts';
import { BATCH, ReadAhead, type KeyFiles } from './read-ahead.ts';
import { SpareCaches } from './spare-caches.ts';
import { readCache, type KeystoreProof, type KeystoreProofs } from './unlock-cache.ts';

/** Changes that come together, such as an import of many keys, are saved together. */
const REST_MS = 2000;
/** Spare parts take a scrypt each, up to sixteen: not before whoever changes keys has come to an end. */
const SPARE_REST_MS = 60_000;

/**
 * The secrets of keystores that were opened once, sealed in one file, so that the next start derives one key instead of
 * one for each keystore. Nothing in it is believed that is not proven: by the passwords of all its keystores, by place,
 * by the digest of each keystore, and each secret by its public key. What fails is opened from its keystore, as if there
 * were no cache. The file never stands in the way: if it cannot be written, the next start is slow.
 */
export class SealedCache {
  readonly #path: string;
  readonly #place: Uint8Array;
  readonly #log: Logger;
  readonly #restMs: number;
  readonly #spares: SpareCaches;
  readonly #sparing: AfterRest;
  readonly #turns = new Turns();
  readonly #records: HeldRecords;
  readonly #life = new CacheLife();
  readonly #worth = new FileWorth();
  #timer: NodeJS.Timeout | null = null;
  #changes = 0;
  #saved = 0;
  #forgotten = 0;
  #holds = 0;
  /** Whether what the file holds is held here too. */
  #known = false;
  /** Whether spare parts may have keys that the cache has no more. */
  #sparesOld = false;

  /** @param modules `place` is that of `cache-place.ts` */
  constructor(modules: {
    path: string;
    place: Uint8Array;
    log: Logger;
    restMs?: number;
    spareRestMs?: number;
  }) {
    this.#records = new HeldRecords(modules.place);
    this.#spares = new SpareCaches(modules.path, modules.place);
    // While keystores are opened the memory is theirs.
    const notNow = (): boolean => this.#holds > 0;
    this.#sparing = new AfterRest(modules.spareRestMs ?? SPARE_REST_MS, () => this.#spare(), notNow);
    this.#path = modules.path;
    this.#place = modules.place;
    this.#log = modules.log;
    this.#restMs = modules.restMs ?? REST_MS;
  }

  /** Begins to read and derive what `open` will need. */
  readAhead(files: KeyFiles): ReadAhead {
    return new ReadAhead(this.#path, this.#place, files);
  }

  /**
   * The keys whose records still hold, in batches as they are proven. Once in the life of a cache, by the first who asks;
   * whoever comes later waits until the file is known, and gets nothing. Never throws.
   * @param prove gives the proofs of all keystores that are there now; null when nothing is wanted any more
   */
  async *open(
    prove: () => Promise<KeystoreProofs | null>,
    options: OpenOptions = {},
  ): AsyncGenerator<CachedKey[], void, undefined> {
    if (!this.#life.begin()) return this.#life.settled();
    try {
      const proofs = await prove();
      if (proofs !== null) yield* this.#takeOver(proofs, options);
    } finally {
      this.#life.leave();
    }
  }

  async *#takeOver(
    proofs: KeystoreProofs,
    options: OpenOptions,
  ): AsyncGenerator<CachedKey[], void, undefined> {
    const { state, absent, unwanted } = await lookAtFile(this.#path, this.#place, proofs, options);
    this.#worth.found(absent, unwanted > 0);
    if (state.kind === 'unlocked') this.#records.takeOver(state);
    else if (unwanted > 0) this.#changed();
    this.#known = state.kind === 'none' || (state.kind === 'unlocked' && state.stale === 0);
    if (state.kind === 'refused') {
      this.#tellOfRefusal(state.reason);
      if (state.locked) yield* this.#recover(proofs);
    }
    this.#life.open();
    if (state.kind !== 'unlocked') return;
    // What is another by now, or not wanted any more, has to leave the files too.
    this.#sparesOld = state.stale > absent.length;
    if (this.#sparesOld) this.#changed();
    else this.#sparing.ask();
    const heaps = (await options.ahead?.heaps()) ?? null;
    for (let at = 0; at < state.records.length; at += BATCH) {
      const batch = state.records.slice(at, at + BATCH);
      const opened = await this.#records.open(batch, heaps);
      if (opened.length < batch.length) {
        this.#changed();
        this.#tellOfRefusal('a secret in it does not belong to its public key');
      }
      yield* lent(opened);
      await turn();
    }
  }

  /** What spare parts have of a cache that lacks a password: from now on it is in this one. */
  async *#recover(proofs: KeystoreProofs): AsyncGenerator<CachedKey[], void, undefined> {
    this.#life.recover();
    let keys = 0;
    try {
      for await (const batch of this.#spares.recover(proofs)) {
        keys += batch.length;
        for (const { pubkey, record, secret, password } of batch) {
          this.#records.keep(pubkey, { ...record, password }, secret);
          this.#worth.came(pubkey);
        }
        this.#changed();
        yield* lent(batch);
      }
    } catch (error) {
      this.#log.warn({ err: error, path: this.#path }, 'spare parts of the key cache could not be read');
    }
    this.#sparesOld = true;
    if (keys > 0) this.#log.info({ keys }, 'keys came out of the spare parts of the key cache');
  }

  /** Takes a key in that was opened from its keystore, at any time. It is on the disk after the next save. */
  put(pubkey: Pubkey, proof: KeystoreProof, secretKey: SecretKey): void {
    const secret = secretKey.toBytes();
    const point = secretKey.toPublicKey().toBytes(false);
    this.#records.keep(pubkey, { pubkey: bytesOf(pubkey), point, ...proof }, secret);
    secret.fill(0);
    this.#worth.came(pubkey);
    this.#changed();
  }

  /** Resolves when the secret is not on the disk any more. @throws KEY_FILE_UNWRITABLE */
  async forget(pubkey: Pubkey): Promise<void> {
    await this.#life.settled();
    if (!(await this.#mayHold(pubkey))) return;
    this.#records.delete(pubkey);
    this.#worth.went(pubkey);
    this.#forgotten += 1;
    await this.#turns.take(async () => {
      // The parts first: they are of no use, and not looked at, without the cache.
      await this.#spares.remove();
      await removeDurably(dirname(this.#path), this.#path);
      this.#life.open();
      this.#worth.replaced();
      // Whatever was saved before went with it.
      this.#changed();
    });
  }

  /** The file is as fast to look at as to write anew is slow: a scrypt, and all keystores again if that fails. */
  async #mayHold(pubkey: Pubkey): Promise<boolean> {
    if (this.#sparesOld || this.#records.has(pubkey)) return true;
    if (this.#known) return false;
    const cache = await readCache(this.#path, this.#place);
    if (cache.kind !== 'read') return cache.kind === 'refused';
    return cache.pubkeys.includes(pubkey);
  }

  /**
   * Until as many have released it as hold it nothing is saved but by `save`: each save takes as much memory as a keystore
   * that is opened, which who opens them counts.
   */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0 && this.#saved !== this.#changes) void this.save();
  }

  /** Writes what changed, once the file is known. Never throws. */
  save(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    return this.#turns.take(async () => {
      await this.#life.settled();
      if (!this.#life.mayWrite || this.#saved === this.#changes || !this.#worth.isLess) return;
      try {
        await this.#write();
      } catch (error) {
        const { code, hint } = isVigilError(error) ? error : keyError('KEY_FILE_UNWRITABLE');
        this.#log.warn({ err: error, code, hint, path: this.#path }, 'the key cache could not be written');
      }
    });
  }

  /** Saves, and overwrites what it holds. */
  async close(): Promise<void> {
    await this.save();
    this.#life.close();
    await this.#sparing.stop();
    this.#records.close();
  }

  async #write(): Promise<void> {
    const [changes, forgotten] = [this.#changes, this.#forgotten];
    if (this.#records.size === 0) {
      await this.#spares.remove();
      await removeDurably(dirname(this.#path), this.#path);
    } else {
      const bytes = await this.#records.toFile();
      // A key that was forgotten meanwhile must not come back to the disk; whoever did that saves again.
      if (forgotten !== this.#forgotten) return;
      await writePrivateFile(this.#path, bytes, MAX_CACHE_BYTES);
      if (this.#sparesOld) await this.#spares.remove();
    }
    this.#worth.replaced();
    this.#sparesOld = false;
    this.#known = true;
    this.#saved = changes;
  }

  #changed(): void {
    this.#changes += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#holds === 0) void this.save();
    }, this.#restMs).unref();
    this.#sparing.ask();
  }

  /** Never throws. Whatever changes meanwhile has the parts made again. */
  async #spare(): Promise<void> {
    await this.save();
    // The parts go with the file: those of one that has more stay with it.
    if (!this.#life.mayWrite || this.#worth.hasMore) return;
    const changes = this.#changes;
    const keep = (write: () => Promise<void>): Promise<boolean> =>
      this.#turns.take(async () => {
        if (!this.#life.mayWrite || changes !== this.#changes) return false;
        await write();
        return true;
      });
    try {
      await this.#spares.write(this.#records.all(), this.#records.recordsKey, keep);
    } catch (error) {
      this.#log.warn({ err: error, path: this.#path }, 'spare parts of the key cache could not be written');
    }
  }

  #tellOfRefusal(reason: string): void {
    const { code, hint, message } = keyError('KEY_CACHE_REFUSED');
    this.#log.warn({ code, hint, path: this.#path, reason }, message);
  }
}
