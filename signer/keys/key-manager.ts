import type { SecretKey } from '@chainsafe/blst';
import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { keyError } from '../key-errors.ts';
import { pubkeyOf } from '../keystore/bls-keys.ts';
import { unlockKeystore, type Keystore } from '../keystore/eip2335.ts';
import type { KeyDirectory, LoadOptions } from '../keystore/key-directory.ts';
import type { Keyring } from './keyring.ts';

export interface LoadResult {
  readonly loaded: number;
  /** Keystores that could not be opened. */
  readonly failed: number;
  /** Keystores of keys that were deleted: they stay shut. */
  readonly deleted: number;
}

/** Status words of the keymanager API. */
export type ImportStatus = 'imported' | 'duplicate';
export type DeleteStatus = 'deleted' | 'not_active' | 'not_found';

/**
 * The life of a key in this signer: files, slashing database and keyring, changed in the order in which a crash at
 * any point leaves the key unable to sign rather than unprotected.
 */
export class KeyManager {
  readonly #directory: KeyDirectory;
  readonly #guard: Guard;
  readonly #keyring: Keyring;
  readonly #log: Logger;
  /** An import and a deletion of one key never interleave: the key is out or in, with files and tombstone to match. */
  readonly #changes = new Turns();

  constructor(modules: { directory: KeyDirectory; guard: Guard; keyring: Keyring; log: Logger }) {
    this.#directory = modules.directory;
    this.#guard = modules.guard;
    this.#keyring = modules.keyring;
    this.#log = modules.log;
  }

  /** Opens all stored keys that are not deleted. One that fails is logged and counted; it never stops the others. */
  async loadAll(options: LoadOptions = {}): Promise<LoadResult> {
    await this.#directory.sweepLeftovers();
    const stored = await this.#directory.list();
    const deleted = stored.filter((pubkey) => this.#guard.statusOf(pubkey).state === 'deleted');
    for (const pubkey of deleted) {
      this.#log.warn(
        { pubkey, code: 'KEY_DELETED' },
        'a keystore of a deleted key is still in the data directory',
      );
    }
    const wanted = stored.filter((pubkey) => !deleted.includes(pubkey));
    let loaded = 0;
    for await (const key of this.#directory.load(wanted, options)) {
      if ('error' in key) {
        this.#log.error(
          { pubkey: key.pubkey, code: key.error.code, hint: key.error.hint },
          key.error.message,
        );
      } else if ((await this.#guard.admitKey(key.pubkey, false)) === 'active') {
        this.#keyring.add(key.pubkey, key.secretKey);
        loaded += 1;
      }
    }
    return { loaded, failed: wanted.length - loaded, deleted: deleted.length };
  }

  /**
   * Brings in one key. Its slashing protection, if there is any, has to be merged before.
   * @throws KEYSTORE_* when the keystore does not open or names another key
   */
  async importKey(keystore: Keystore, password: string): Promise<{ pubkey: Pubkey; status: ImportStatus }> {
    const secretKey = await unlockKeystore(keystore, password);
    const pubkey = pubkeyOf(secretKey);
    const status = await this.#changes.take(() => this.#bringIn(pubkey, secretKey, keystore, password));
    return { pubkey, status };
  }

  async #bringIn(
    pubkey: Pubkey,
    secretKey: SecretKey,
    keystore: Keystore,
    password: string,
  ): Promise<ImportStatus> {
    if (this.#keyring.has(pubkey)) return 'duplicate';
    // A keystore that outlived the deletion of its key has another password than the one that comes now.
    if (this.#guard.statusOf(pubkey).state === 'deleted') await this.#directory.remove(pubkey);
    const stored = await this.#directory.add(keystore, password, pubkey);
    if ((await this.#guard.admitKey(pubkey, true)) !== 'active') throw keyError('KEY_LOAD_FAILED');
    this.#keyring.add(pubkey, secretKey);
    this.#log.info({ pubkey }, 'key imported');
    return stored === 'added' ? 'imported' : 'duplicate';
  }

  /**
   * Ends a key here: no new signature, a durable tombstone, then the files. Returns only when the last signature
   * under way has left, so that an export made afterwards is complete.
   */
  deleteKey(pubkey: Pubkey): Promise<DeleteStatus> {
    return this.#changes.take(() => this.#takeOut(pubkey));
  }

  async #takeOut(pubkey: Pubkey): Promise<DeleteStatus> {
    const before = this.#guard.statusOf(pubkey);
    const active = this.#keyring.has(pubkey);
    this.#keyring.remove(pubkey);
    await this.#guard.deleteKeys([pubkey]);
    try {
      await this.#directory.remove(pubkey);
    } catch (error) {
      // The tombstone stands, so the key stays dead at the next start too; but its secret is still on the disk.
      if (isVigilError(error)) this.#log.error({ pubkey, code: error.code, hint: error.hint }, error.message);
      throw error;
    }
    if (active) {
      this.#log.info({ pubkey }, 'key deleted');
      return 'deleted';
    }
    const known = before.state !== 'unknown' || before.block !== null || before.attestation !== null;
    return known ? 'not_active' : 'not_found';
  }
}
