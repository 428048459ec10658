import type { SecretKey } from '@chainsafe/blst';
import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import { parseKeystoreBytes, pubkeyNamedBy, type Keystore } from './eip2335.ts';
import { isCacheLeftover, removeKeyCaches } from './cache/key-caches.ts';
import type { ReadAhead } from './cache/read-ahead.ts';
import type { SealedCache } from './cache/sealed-cache.ts';
import { isAbsence, namesIn, removeDurably } from './folder.ts';
import {
  fromCache,
  openStored,
  proofOf,
  type LoadedKey,
  type LoadOptions,
  type StoredKeystore,
} from './open-stored.ts';
import { decodePassword } from './password.ts';
import {
  isTemporaryName,
  makePrivateFolder,
  readPrivateFile,
  readPrivateFileSync,
  writePrivateFile,
} from './private-file.ts';

export type { LoadedKey, LoadOptions } from './open-stored.ts';

const PASSWORD_NAME = /^0x[0-9a-f]{96}$/;
const KEYSTORE_NAME = /^(0x[0-9a-f]{96})\.json$/;

/**
 * The keys of one data directory: `keys/<pubkey>.json` is the keystore as it was imported, `secrets/<pubkey>` its
 * password. A key exists when its keystore does; a password alone is nothing. Whoever holds one of these objects
 * is the only process that changes the directory: the slashing database's fence sees to that.
 *
 * What it cannot promise: a removed file's blocks may stay on the medium, and passwords and secrets that passed
 * through JavaScript strings or the collector's moves may stay in memory. Buffers of ours are overwritten.
 */
export class KeyDirectory {
  readonly #keys: string;
  readonly #secrets: string;
  readonly #dataDirectory: string;
  readonly #cache: SealedCache | null;
  #ahead: ReadAhead | null = null;
  /** Changes run one after the other, or two imports of one key could pair one's password with the other's file. */
  readonly #changes = new Turns();

  /** @param cache of the secrets of this directory, which is kept in step; whoever made it closes it */
  constructor(dataDirectory: string, cache: SealedCache | null = null) {
    this.#dataDirectory = dataDirectory;
    this.#cache = cache;
    this.#keys = join(dataDirectory, 'keys');
    this.#secrets = join(dataDirectory, 'secrets');
  }

  /**
   * Stores a keystore and its password, durably. A key that is already there stays as it is, because no order of
   * two writes would replace keystore and password safely: to replace one, `remove` it first.
   * @param password the caller has opened the keystore with it
   * @param pubkey what the secret derives to, which need not be what the keystore claims
   * @throws KEY_FILE_UNWRITABLE, KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE
   */
  add(keystore: Keystore, password: string, pubkey: Pubkey): Promise<'added' | 'exists'> {
    return this.#changes.take(async () => {
      if (await isThere(this.#keystorePath(pubkey))) return 'exists';
      await makePrivateFolder(this.#secrets);
      await makePrivateFolder(this.#keys);
      // The password first: a crash in between leaves a password without use, not a key that cannot be opened.
      await writePrivateFile(this.#passwordPath(pubkey), password);
      await writePrivateFile(this.#keystorePath(pubkey), `${JSON.stringify(keystore, null, 2)}\n`);
      return 'added';
    });
  }

  /**
   * Removes a key durably; one that is not there is no error, so that a removal cut short can be repeated.
   * @throws KEY_FILE_UNWRITABLE
   */
  remove(pubkey: Pubkey): Promise<void> {
    return this.#changes.take(async () => {
      // The keystore first, and on disk before the password goes: it is what makes the key come back.
      await removeDurably(this.#keys, this.#keystorePath(pubkey));
      await removeDurably(this.#secrets, this.#passwordPath(pubkey));
      await this.forgetSecret(pubkey);
    });
  }

  /** Takes the secret out of the cache on the disk, be it by removing all caches where nobody here has one open. */
  async forgetSecret(pubkey: Pubkey): Promise<void> {
    if (this.#cache !== null) await this.#cache.forget(pubkey);
    else await removeKeyCaches(this.#dataDirectory);
  }

  /** Lets the cache know of a key that was added. @throws as reading its files */
  async rememberSecret(pubkey: Pubkey, secretKey: SecretKey): Promise<void> {
    if (this.#cache === null) return;
    const keystore = await readPrivateFile(this.#keystorePath(pubkey));
    const password = await this.#readPassword(pubkey);
    this.#cache.put(pubkey, proofOf({ keystore, password }), secretKey);
  }

  /**
   * Reads the cache, so that what is put in comes beside what it has of these keys, without opening a keystore. `load`
   * does the same.
   */
  async openCache(
    pubkeys: Iterable<Pubkey>,
    { unwanted }: Pick<LoadOptions, 'unwanted'> = {},
  ): Promise<void> {
    const stored = [...pubkeys].map((pubkey) => this.#stored(pubkey));
    const batches = fromCache(stored, this.#cache, { unwanted });
    while ((await batches.next()).done !== true);
  }

  has(pubkey: Pubkey): Promise<boolean> {
    return isThere(this.#keystorePath(pubkey));
  }

  /** Whether keystore and password are there and can be read, as far as that shows without opening the one with the other. */
  async isWhole(pubkey: Pubkey): Promise<boolean> {
    const path = this.#keystorePath(pubkey);
    try {
      const named = pubkeyNamedBy(parseKeystoreBytes(await readPrivateFile(path), path));
      await this.#readPassword(pubkey);
      return named === null || named === pubkey;
    } catch (error) {
      if (isVigilError(error)) return false;
      throw error;
    }
  }

  /**
   * The keys that have a keystore, sorted. Every other file is passed over.
   * @param options a folder that is missing is an empty one, unless it has been there before
   * @throws KEY_FILE_UNREADABLE
   */
  async list({ folderMayBeMissing = true }: { folderMayBeMissing?: boolean } = {}): Promise<Pubkey[]> {
    if (!folderMayBeMissing && !(await isThere(this.#keys))) {
      throw keyError('KEY_FILE_UNREADABLE', `${this.#keys} is not there any more`);
    }
    const names = await namesIn(this.#keys);
    return names
      .flatMap((name) => KEYSTORE_NAME.exec(name)?.[1] ?? [])
      .sort()
      .map((text) => parsePubkey(text, 'file name'));
  }

  /** The keys that have a password here, with a keystore or without one. @throws KEY_FILE_UNREADABLE */
  async listPasswords(): Promise<Pubkey[]> {
    const names = await namesIn(this.#secrets);
    return names.filter((name) => PASSWORD_NAME.test(name)).map((name) => parsePubkey(name, 'file name'));
  }

  /**
   * Begins to read what the first `load` needs, before it is known which keys that asks for. @returns what ends it
   */
  readAhead(): () => Promise<void> {
    const ahead = this.#cache?.readAhead({
      keystore: (pubkey) => readPrivateFileSync(this.#keystorePath(pubkey)),
      password: (pubkey) => this.#readPasswordNow(pubkey),
    });
    this.#ahead = ahead ?? null;
    return async () => ahead?.stop();
  }

  /** Opens keystores and yields each key, or why it could not be had, as it comes. Never throws for one key. */
  async *load(
    pubkeys: Iterable<Pubkey>,
    options: LoadOptions = {},
  ): AsyncGenerator<LoadedKey, void, undefined> {
    const stored = [...new Set(pubkeys)].map((pubkey) => this.#stored(pubkey));
    const ahead = this.#ahead;
    this.#ahead = null;
    try {
      yield* openStored(stored, this.#cache, { ahead, ...options });
    } finally {
      await ahead?.stop();
    }
  }

  /** Deletes what writes that were cut short left behind: it may hold a password. @returns how many files */
  sweepLeftovers(): Promise<number> {
    return this.#changes.take(async () => {
      let swept = 0;
      for (const folder of [this.#keys, this.#secrets]) {
        for (const name of (await namesIn(folder)).filter(isTemporaryName)) {
          await removeDurably(folder, join(folder, name));
          swept += 1;
        }
      }
      for (const name of (await namesIn(this.#dataDirectory)).filter(isCacheLeftover)) {
        await removeDurably(this.#dataDirectory, join(this.#dataDirectory, name));
        swept += 1;
      }
      return swept;
    });
  }

  #stored(pubkey: Pubkey): StoredKeystore {
    const path = this.#keystorePath(pubkey);
    return {
      pubkey,
      path,
      read: async () => ({
        keystore: await readPrivateFile(path),
        password: await this.#readPassword(pubkey),
      }),
      readNow: () => {
        const keystore = readPrivateFileSync(path);
        return { keystore, password: this.#readPasswordNow(pubkey) };
      },
    };
  }

  #readPasswordNow(pubkey: Pubkey): string {
    const bytes = readPrivateFileSync(this.#passwordPath(pubkey));
    try {
      return decodePassword(bytes, 'password');
    } finally {
      bytes.fill(0);
    }
  }

  async #readPassword(pubkey: Pubkey): Promise<string> {
    const path = this.#passwordPath(pubkey);
    try {
      const bytes = await readPrivateFile(path);
      try {
        return decodePassword(bytes, path);
      } finally {
        bytes.fill(0);
      }
    } catch (error) {
      if (!isVigilError(error, 'KEY_FILE_MISSING')) throw error;
      throw keyError('KEY_PASSWORD_MISSING', `${path} does not exist`, error);
    }
  }

  #keystorePath(pubkey: Pubkey): string {
    // Not by `join`, which takes as long as reading the file does.
    return `${this.#keys}${sep}${pubkey}.json`;
  }

  #passwordPath(pubkey: Pubkey): string {
    return `${this.#secrets}${sep}${pubkey}`;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw keyError('KEY_FILE_UNREADABLE', `${path} cannot be read`, error);
  }
}
