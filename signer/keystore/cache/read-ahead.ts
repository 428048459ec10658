import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Pubkey } from '../../../core/units.ts';
import { lockingKey, lockMaterial, passwordDigest } from './cache-lock.ts';
import { throwOnHeaps, type Heaps } from './check-secrets.ts';
import { readCache, type KeystoreProof, type ReadCache } from './unlock-cache.ts';

/** How the files of a key are read, at once: many small ones. Both throw when there is none or it may not be used. */
export interface KeyFiles {
  readonly keystore: (pubkey: Pubkey) => Uint8Array;
  readonly password: (pubkey: Pubkey) => string;
}

/** Keys that are proven in one go. */
export const BATCH = 10_000;
/** Keys whose files are read in one go, a millisecond or two: the start goes on in the turns in between. */
const READ_AT_ONCE = 50;

/**
 * What a start needs for its key cache, read and derived while the slashing database is being opened: the passwords,
 * because the one scrypt over them is what takes longest, and has a core of its own. Everything else is done when it is
 * asked for, so that the port is open early: the scrypt is still under way then. It is a guess that nobody has to
 * believe. Who opens the cache says which passwords prove its records, and gets the key that was derived for just these
 * or a new one; proofs are digests of what was in the files a moment ago, and keys that are not there any more, or were
 * deleted, are never asked for.
 */
export class ReadAhead {
  readonly #files: KeyFiles;
  readonly #passwords = new Map<Pubkey, Uint8Array>();
  readonly #proofs = new Map<Pubkey, KeystoreProof>();
  readonly #stopping = new AbortController();
  readonly #begun: Promise<void>;
  #keystoresRead: Promise<void> | null = null;
  #cache: ReadCache | null = null;
  #heaps: Promise<Heaps | null> = Promise.resolve(null);
  #early: {
    readonly salt: Uint8Array;
    readonly material: Uint8Array;
    readonly key: Promise<Uint8Array>;
  } | null = null;

  constructor(path: string, place: Uint8Array, files: KeyFiles) {
    this.#files = files;
    // Whatever fails here is met again, and told, by who comes after.
    this.#begun = this.#begin(path, place).catch(() => undefined);
  }

  /** Of the keys in the cache whose files could be read. */
  async proofs(): Promise<ReadonlyMap<Pubkey, KeystoreProof>> {
    this.#keystoresRead ??= this.#begun.then(() => this.#readKeystores());
    await this.#keystoresRead;
    return this.#proofs;
  }

  /** The file, if there is one that can be used here. Once: it is large. */
  async cache(): Promise<ReadCache | null> {
    await this.#begun;
    const cache = this.#cache;
    this.#cache = null;
    return cache;
  }

  /** Of the records of the file, if they are proven in one go and `proofs` was asked for. */
  heaps(): Promise<Heaps | null> {
    return this.#heaps;
  }

  /** As `lockingKey`: the key that was derived ahead if it is for these passwords. Once. @throws as that */
  async lockingKey(
    passwords: Iterable<Uint8Array>,
    salt: Uint8Array,
    place: Uint8Array,
  ): Promise<Uint8Array> {
    const early = this.#early;
    this.#early = null;
    const key = early === null ? null : await early.key.catch(() => null);
    if (early === null || key === null) return lockingKey(passwords, salt, place);
    const material = lockMaterial(passwords);
    const same = Buffer.compare(early.material, material) === 0 && Buffer.compare(early.salt, salt) === 0;
    material.fill(0);
    early.material.fill(0);
    if (same) return key;
    key.fill(0);
    return lockingKey(passwords, salt, place);
  }

  /** Reads nothing further, overwrites a key that nobody took, and lets go of the rest. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#begun;
    await this.#keystoresRead;
    this.#passwords.clear();
    this.#proofs.clear();
    this.#cache = null;
    this.#heaps = Promise.resolve(null);
    const early = this.#early;
    this.#early = null;
    early?.material.fill(0);
    // Not waited for: a scrypt under way cannot be called back.
    void early?.key.then(
      (key) => key.fill(0),
      () => undefined,
    );
  }

  async #begin(path: string, place: Uint8Array): Promise<void> {
    const cache = await readCache(path, place);
    if (cache.kind !== 'read') return;
    this.#cache = cache;
    await this.#forEach(cache.pubkeys, (pubkey) => {
      this.#passwords.set(pubkey, passwordDigest(this.#files.password(pubkey)));
    });
    if (this.#stopping.signal.aborted || this.#passwords.size === 0) return;
    const passwords = [...this.#passwords.values()];
    const { salt } = cache.file;
    const key = lockingKey(passwords, salt, place);
    key.catch(() => undefined);
    this.#early = { salt, material: lockMaterial(passwords), key };
  }

  async #readKeystores(): Promise<void> {
    const records = this.#cache?.file.records ?? [];
    await this.#forEach([...this.#passwords], ([pubkey, password]) => {
      const keystore = hash('sha256', this.#files.keystore(pubkey), 'buffer');
      this.#proofs.set(pubkey, { keystore, password });
    });
    // The scrypt is still under way, and this thread would wait for it.
    if (records.length <= BATCH) this.#heaps = throwOnHeaps(records, this.#stopping.signal);
  }

  /** What throws for one is left out. */
  async #forEach<Item>(items: readonly Item[], act: (item: Item) => void): Promise<void> {
    for (const [index, item] of items.entries()) {
      if (index % READ_AT_ONCE === 0) await turn();
      if (this.#stopping.signal.aborted) return;
      try {
        act(item);
      } catch {
        continue;
      }
    }
  }
}
