import { SecretKey } from '@chainsafe/blst';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isVigilError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { Turns } from '../../../core/turns.ts';
import { bytesOf, type Pubkey } from '../../../core/units.ts';
import { keyError } from '../../key-errors.ts';
import { removeDurably } from '../folder.ts';
import { writePrivateFile } from '../private-file.ts';
import { sealBox } from './box.ts';
import { encodeCache, MAX_CACHE_BYTES, type CacheRecord } from './cache-layout.ts';
import { cacheKeys, lockingKey, lockKey, sealOf } from './cache-lock.ts';
import { ReadAhead, type KeyFiles } from './read-ahead.ts';
import { openRecords, recordBinding, unlockCache, type KeystoreProof } from './unlock-cache.ts';

export interface CachedKey {
  readonly pubkey: Pubkey;
  readonly secretKey: SecretKey;
}

interface Kept {
  readonly record: CacheRecord;
  readonly password: Uint8Array;
}

/** Keys proven in one go, with a turn of the event loop in between. */
const BATCH = 1000;
/** Changes that come together, such as an import of many keys, are saved together. */
const REST_MS = 2000;

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
  readonly #turns = new Turns();
  readonly #kept = new Map<Pubkey, Kept>();
  #dataKey: Uint8Array = randomBytes(32);
  #keys = cacheKeys(this.#dataKey);
  #timer: NodeJS.Timeout | null = null;
  #changes = 0;
  #saved = 0;
  #forgotten = 0;
  #held = false;
  #opened = false;

  /** @param modules `place` is that of `cache-place.ts` */
  constructor(modules: { path: string; place: Uint8Array; log: Logger; restMs?: number }) {
    this.#path = modules.path;
    this.#place = modules.place;
    this.#log = modules.log;
    this.#restMs = modules.restMs ?? REST_MS;
  }

  /** Begins to read and derive what `open` will need. */
  readAhead(files: KeyFiles): ReadAhead {
    return new ReadAhead(this.#path, this.#place, files);
  }

  /** Whether the file was looked at: what is in it is known. */
  get isOpen(): boolean {
    return this.#opened;
  }

  /**
   * The keys whose records still hold, in batches as they are proven. Once in the life of a cache, before anything is put
   * in; never throws.
   * @param proofs of all keystores that are there now
   * @param ahead what `readAhead` began, if it did
   */
  async *open(
    proofs: ReadonlyMap<Pubkey, KeystoreProof>,
    ahead?: ReadAhead | null,
  ): AsyncGenerator<CachedKey[], void, undefined> {
    if (this.#opened) return;
    this.#opened = true;
    const derive = ahead?.lockingKey.bind(ahead);
    const state = await unlockCache(this.#path, this.#place, proofs, derive).catch((error: unknown) => ({
      kind: 'refused' as const,
      reason: (error as Error).message,
    }));
    if (state.kind === 'refused') this.#tellOfRefusal(state.reason);
    if (state.kind !== 'unlocked') return;
    this.#dataKey.fill(0);
    this.#dataKey = state.dataKey;
    this.#keys = cacheKeys(state.dataKey);
    // What is not here any more has to leave the file too.
    if (state.stale > 0) this.#changed();
    // All of them at once: a start that ends before it has come to the last must not lose those.
    for (const { pubkey, record, proof } of state.records) {
      this.#kept.set(pubkey, { record, password: proof.password });
    }
    for (let at = 0; at < state.records.length; at += BATCH) {
      const batch = state.records.slice(at, at + BATCH);
      const opened = openRecords(this.#keys.records, this.#place, batch);
      if (opened.length < batch.length)
        this.#tellOfRefusal('a secret in it does not belong to its public key');
      const good = new Set(opened.map(({ pubkey }) => pubkey));
      for (const { pubkey } of batch) if (!good.has(pubkey)) this.#kept.delete(pubkey);
      yield opened.map(({ pubkey, secret }) => {
        const secretKey = SecretKey.fromBytes(secret);
        secret.fill(0);
        return { pubkey, secretKey };
      });
      await turn();
    }
  }

  /** Takes a key in that was opened from its keystore. It is on the disk after the next save. */
  put(pubkey: Pubkey, proof: KeystoreProof, secretKey: SecretKey): void {
    const open = {
      pubkey: bytesOf(pubkey),
      point: secretKey.toPublicKey().toBytes(false),
      keystore: proof.keystore,
    };
    const secret = secretKey.toBytes();
    const sealed = sealBox(this.#keys.records, secret, recordBinding(this.#place, open));
    secret.fill(0);
    this.#kept.set(pubkey, { record: { ...open, sealed }, password: proof.password });
    this.#changed();
  }

  /** Resolves when the secret is not on the disk any more. @throws KEY_FILE_UNWRITABLE */
  async forget(pubkey: Pubkey): Promise<void> {
    this.#kept.delete(pubkey);
    this.#forgotten += 1;
    await this.#turns.take(async () => {
      await removeDurably(dirname(this.#path), this.#path);
      // Whatever was saved before went with it.
      this.#changed();
    });
  }

  /**
   * From now on nothing is saved but by `save`: each save takes as much memory as a keystore that is opened, which who
   * opens them counts.
   */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#saved !== this.#changes) void this.save();
  }

  /** Writes what changed. Never throws. */
  save(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    return this.#turns.take(async () => {
      if (this.#saved === this.#changes) return;
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
    for (const key of [this.#dataKey, this.#keys.records, this.#keys.file]) key.fill(0);
    this.#kept.clear();
  }

  async #write(): Promise<void> {
    const [changes, forgotten] = [this.#changes, this.#forgotten];
    const kept = [...this.#kept.values()];
    if (kept.length === 0) {
      await removeDurably(dirname(this.#path), this.#path);
      this.#saved = changes;
      return;
    }
    const salt = randomBytes(32);
    const passwords = kept.map(({ password }) => password);
    const locking = await lockingKey(passwords, salt, this.#place);
    const lockedKey = lockKey(locking, this.#dataKey);
    locking.fill(0);
    // A key that was forgotten meanwhile must not come back to the disk; whoever did that saves again.
    if (forgotten !== this.#forgotten) return;
    const records = kept.map(({ record }) => record);
    const body = encodeCache({ place: this.#place, salt, lockedKey, records });
    const bytes = Buffer.concat([body, sealOf(this.#keys.file, body)]);
    await writePrivateFile(this.#path, bytes, MAX_CACHE_BYTES);
    this.#saved = changes;
  }

  #changed(): void {
    this.#changes += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#held) void this.save();
    }, this.#restMs).unref();
  }

  #tellOfRefusal(reason: string): void {
    // Whatever is in it, the next save replaces it.
    this.#changed();
    const { code, hint, message } = keyError('KEY_CACHE_REFUSED');
    this.#log.warn({ code, hint, path: this.#path, reason }, message);
  }
}
