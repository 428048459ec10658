import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { keyError } from '../key-errors.ts';
import type { Keystore } from '../keystore/eip2335.ts';
import type { KeyDirectory, LoadOptions } from '../keystore/key-directory.ts';
import type { KeySettingsStore } from './key-settings.ts';
import type { Keyring } from './keyring.ts';
import { openKeystore, type OpenedKeystore } from './open-keystore.ts';
import { rescanKeys, type RescanResult } from './rescan-keys.ts';

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
  readonly #settings: Pick<KeySettingsStore, 'remove'>;
  readonly #log: Logger;
  /** An import and a deletion of one key never interleave: the key is out or in, with files and tombstone to match. */
  readonly #changes = new Turns();
  readonly #failed = new Set<Pubkey>();
  readonly #onRemoved: (pubkey: Pubkey) => void;

  /** @param modules `onRemoved` hears of every key that signs here no more */
  constructor(modules: {
    directory: KeyDirectory;
    guard: Guard;
    keyring: Keyring;
    settings: Pick<KeySettingsStore, 'remove'>;
    log: Logger;
    onRemoved?: (pubkey: Pubkey) => void;
  }) {
    this.#onRemoved = modules.onRemoved ?? (() => undefined);
    this.#directory = modules.directory;
    this.#guard = modules.guard;
    this.#keyring = modules.keyring;
    this.#settings = modules.settings;
    this.#log = modules.log;
  }

  /** Keys whose keystore could not be opened, and which were neither deleted nor imported again since. */
  get failedKeys(): number {
    return this.#failed.size;
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
        this.#failed.add(key.pubkey);
        this.#log.error(
          { pubkey: key.pubkey, code: key.error.code, hint: key.error.hint },
          key.error.message,
        );
      } else if ((await this.#guard.admitKey(key.pubkey, false)) === 'active') {
        this.#keyring.add(key.pubkey, key.secretKey);
        loaded += 1;
      }
    }
    return { loaded, failed: this.#failed.size, deleted: deleted.length };
  }

  /** Brings the keys into line with the data directory while the signer runs. @throws as {@link rescanKeys} */
  rescan(options: LoadOptions = {}): Promise<RescanResult> {
    return rescanKeys(
      {
        directory: this.#directory,
        guard: this.#guard,
        keyring: this.#keyring,
        log: this.#log,
        changes: this.#changes,
        failed: this.#failed,
        onRemoved: this.#onRemoved,
      },
      options,
    );
  }

  /**
   * Brings in one key.
   * @param by who asked for it, for the history; default: Vigil itself
   * @throws KEYSTORE_* when the keystore does not open or names another key
   */
  async importKey(
    keystore: Keystore,
    password: string,
    by?: string,
  ): Promise<{ pubkey: Pubkey; status: ImportStatus }> {
    const key = await openKeystore(keystore, password);
    return { pubkey: key.pubkey, status: await this.activate(key, by) };
  }

  /** The second half of an import: its slashing protection, if there is any, has to be merged before. */
  activate(key: OpenedKeystore, by?: string): Promise<ImportStatus> {
    return this.#changes.take(() => this.#bringIn(key, by));
  }

  async #bringIn(
    { pubkey, secretKey, keystore, password }: OpenedKeystore,
    by?: string,
  ): Promise<ImportStatus> {
    if (this.#keyring.has(pubkey)) return 'duplicate';
    // A keystore that outlived the deletion of its key may have another password than the one that comes now; one
    // that could not be opened would leave the key signing now and missing after the next start.
    const outlived = this.#guard.statusOf(pubkey).state === 'deleted';
    if (outlived || this.#failed.has(pubkey)) await this.#directory.remove(pubkey);
    // Settings that outlived a deletion were somebody else's wish for the key.
    if (outlived) await this.#settings.remove(pubkey);
    const stored = await this.#directory.add(keystore, password, pubkey);
    if ((await this.#guard.admitKey(pubkey, true, by)) !== 'active') throw keyError('KEY_LOAD_FAILED');
    this.#keyring.add(pubkey, secretKey);
    this.#failed.delete(pubkey);
    this.#log.info({ client: by, pubkey }, 'key imported');
    return stored === 'added' ? 'imported' : 'duplicate';
  }

  /**
   * Ends a key here: no new signature, a durable tombstone, then the files. Returns only when the last signature
   * under way has left, so that an export made afterwards is complete.
   * @param by who asked for it, for the history; default: Vigil itself
   */
  deleteKey(pubkey: Pubkey, by?: string): Promise<DeleteStatus> {
    return this.#changes.take(() => this.#takeOut(pubkey, by));
  }

  async #takeOut(pubkey: Pubkey, by?: string): Promise<DeleteStatus> {
    const before = this.#guard.statusOf(pubkey);
    const active = this.#keyring.has(pubkey);
    const recorded = before.state !== 'unknown' || before.block !== null || before.attestation !== null;
    const here = this.#failed.has(pubkey) || (await this.#directory.has(pubkey));
    // No tombstone for whatever a client thinks up: only for keys that are here or were.
    if (!recorded && !here) return 'not_found';
    this.#keyring.remove(pubkey);
    this.#onRemoved(pubkey);
    await this.#guard.deleteKeys([pubkey], by);
    this.#failed.delete(pubkey);
    try {
      await this.#directory.remove(pubkey);
      await this.#settings.remove(pubkey);
    } catch (error) {
      // The tombstone stands, so the key stays dead at the next start too; but its secret is still on the disk.
      if (isVigilError(error)) this.#log.error({ pubkey, code: error.code, hint: error.hint }, error.message);
      throw error;
    }
    if (active) {
      this.#log.info({ client: by, pubkey }, 'key deleted');
      return 'deleted';
    }
    return 'not_active';
  }
}
