import type { SecretKey } from '@chainsafe/blst';
import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { keyError } from '../key-errors.ts';
import type { SecretBytes } from '../keystore/bls-keys.ts';
import type { Keystore } from '../keystore/eip2335.ts';
import type { KeyDirectory, LoadOptions } from '../keystore/key-directory.ts';
import type { KeySettingsStore } from './key-settings.ts';
import type { Keyring } from './keyring.ts';
import { openKeystore, type OpenedKeystore } from './open-keystore.ts';
import {
  bringIn,
  rescanKeys,
  tellOfVanished,
  type OnRemoved,
  type RescanModules,
  type RescanResult,
} from './rescan-keys.ts';

export interface LoadResult {
  readonly loaded: number;
  /** Keystores that could not be opened. */
  readonly failed: number;
  /** Keystores of keys that were deleted: they stay shut. */
  readonly deleted: number;
}

/** What a data directory has. */
export interface FoundKeys {
  readonly wanted: readonly Pubkey[];
  /** How many were deleted. */
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
  readonly #vanished = new Set<Pubkey>();
  /** Keys that are here without a keystore in the data directory. */
  readonly #adopted = new Set<Pubkey>();
  readonly #onRemoved: OnRemoved;

  constructor(modules: {
    directory: KeyDirectory;
    guard: Guard;
    keyring: Keyring;
    settings: Pick<KeySettingsStore, 'remove'>;
    log: Logger;
    onRemoved?: OnRemoved;
  }) {
    this.#onRemoved = modules.onRemoved ?? (() => undefined);
    this.#directory = modules.directory;
    this.#guard = modules.guard;
    this.#keyring = modules.keyring;
    this.#settings = modules.settings;
    this.#log = modules.log;
  }

  /**
   * Keys whose keystore could not be opened, or was gone with all others at the start or the last rescan, and which were neither
   * deleted nor imported again since.
   */
  get failedKeys(): number {
    return this.#failed.size + this.#vanished.size;
  }

  /** Those that sign here, that are being opened, or that have a keystore here which does not open; sorted. */
  get ownPubkeys(): Pubkey[] {
    return [...new Set([...this.#keyring.allPubkeys(), ...this.#failed])].sort();
  }

  /** Whether it signs here without a keystore in the data directory. */
  isAdopted(pubkey: Pubkey): boolean {
    return this.#adopted.has(pubkey);
  }

  /** Whether the start or the last rescan found no keystore at all where there were some. */
  get areKeysVanished(): boolean {
    return this.#vanished.size > 0;
  }

  /**
   * Finds the stored keys that are not deleted, which from now on are known to be coming. Nothing is opened yet.
   * @param before keys that are missed where no keystore is left at all, as by a rescan
   * @throws KEY_FILE_UNREADABLE
   */
  async findKeys(before: readonly Pubkey[] = []): Promise<FoundKeys> {
    await this.#directory.sweepLeftovers();
    const stored = await this.#directory.list();
    if (stored.length === 0 && before.length > 0) {
      for (const pubkey of before) this.#vanished.add(pubkey);
      tellOfVanished(this.#vanished.size, this.#log);
    }
    const deleted = stored.filter((pubkey) => this.#guard.statusOf(pubkey).state === 'deleted');
    for (const pubkey of deleted) {
      this.#log.warn(
        { pubkey, code: 'KEY_DELETED' },
        'a keystore of a deleted key is still in the data directory',
      );
    }
    const gone = new Set(deleted);
    const wanted = stored.filter((pubkey) => !gone.has(pubkey));
    this.#keyring.expect(wanted);
    return { wanted, deleted: deleted.length };
  }

  /**
   * Opens all stored keys that are not deleted, each of which signs as soon as it is open. One that fails is logged and
   * counted; it never stops the others. Keys may be imported and deleted meanwhile.
   */
  async loadAll(options: LoadOptions = {}, found?: FoundKeys): Promise<LoadResult> {
    const { wanted, deleted } = found ?? (await this.findKeys());
    let loaded = 0;
    const unwanted = (pubkey: Pubkey): boolean => this.#guard.statusOf(pubkey).state === 'deleted';
    try {
      for await (const key of this.#directory.load(wanted, { unwanted, ...options })) {
        // A file that goes meanwhile is missed at the next rescan; to look for each would take a second of the start.
        if (await this.#changes.take(() => bringIn(key, this.#lent, () => true))) loaded += 1;
      }
    } finally {
      for (const pubkey of wanted) this.#keyring.expectNoMore(pubkey);
    }
    return { loaded, failed: this.#failed.size, deleted };
  }

  /** Brings the keys into line with the data directory while the signer runs. @throws as {@link rescanKeys} */
  rescan(options: LoadOptions = {}): Promise<RescanResult> {
    return rescanKeys(this.#lent, options);
  }

  get #lent(): RescanModules {
    return {
      directory: this.#directory,
      guard: this.#guard,
      keyring: this.#keyring,
      log: this.#log,
      changes: this.#changes,
      failed: this.#failed,
      vanished: this.#vanished,
      adopted: this.#adopted,
      onRemoved: this.#onRemoved,
    };
  }

  /** Whether the key is active here, with a whole keystore of its own: importing it once more would change nothing. */
  async isImported(pubkey: Pubkey): Promise<boolean> {
    return this.#guard.statusOf(pubkey).state === 'active' && (await this.#directory.isWhole(pubkey));
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

  /**
   * Brings a key in that is kept elsewhere: it is not stored here, and a rescan does not miss its keystore. One that was
   * deleted here stays deleted.
   */
  adopt(pubkey: Pubkey, secretKey: SecretBytes): Promise<'active' | 'duplicate' | 'deleted'> {
    return this.#changes.take(async () => {
      if (this.#keyring.has(pubkey)) return 'duplicate';
      if ((await this.#guard.admitKey(pubkey, false)) !== 'active') return 'deleted';
      this.#adopted.add(pubkey);
      this.#keyring.add(pubkey, secretKey);
      this.#failed.delete(pubkey);
      return 'active';
    });
  }

  async #bringIn(
    { pubkey, secretKey, keystore, password }: OpenedKeystore,
    by?: string,
  ): Promise<ImportStatus> {
    const outlived = this.#guard.statusOf(pubkey).state === 'deleted';
    // It signs out of a place that may go: an import is how it comes to stay.
    const adopted = this.#adopted.has(pubkey);
    if (this.#keyring.has(pubkey)) {
      if (!outlived && !adopted) return 'duplicate';
      // Deleted at another signer of the database: the key is loaded here, and dead all the same.
      if (outlived) void this.#unload(pubkey);
    }
    // A keystore that outlived the deletion of its key, or lies unopened beside a key out of another place, may have
    // another password than the one that comes now; one that could not be opened, or is damaged, would leave the key
    // signing now and missing after the next start.
    const useless = outlived || adopted || this.#failed.has(pubkey) || (await this.#isDamaged(pubkey));
    if (useless) await this.#directory.remove(pubkey);
    // Settings that outlived a deletion were somebody else's wish for the key.
    if (outlived) await this.#settings.remove(pubkey);
    const stored = await this.#directory.add(keystore, password, pubkey);
    if ((await this.#guard.admitKey(pubkey, true, by)) !== 'active') throw keyError('KEY_LOAD_FAILED');
    if (!this.#keyring.has(pubkey)) this.#keyring.add(pubkey, secretKey);
    this.#adopted.delete(pubkey);
    this.#failed.delete(pubkey);
    this.#vanished.delete(pubkey);
    // Only what was stored is known to open: the cache must not stand in for a keystore that nobody has opened.
    if (stored === 'added') await this.#remember(pubkey, secretKey);
    this.#log.info({ client: by, pubkey }, 'key imported');
    return stored === 'added' ? 'imported' : 'duplicate';
  }

  async #isDamaged(pubkey: Pubkey): Promise<boolean> {
    return (await this.#directory.has(pubkey)) && !(await this.#directory.isWhole(pubkey));
  }

  /** The key signs already: that the next start has to open its keystore is no failure of the import. */
  async #remember(pubkey: Pubkey, secretKey: SecretKey): Promise<void> {
    await this.#directory.rememberSecret(pubkey, secretKey).catch((error: unknown) => {
      this.#log.warn({ err: error, pubkey }, 'the key could not be put into the key cache');
    });
  }

  /**
   * Ends a key here: no new signature, a durable tombstone, then the files. Returns only when the last signature
   * under way has left, so that an export made afterwards is complete.
   * @param by who asked for it, for the history; default: Vigil itself
   */
  deleteKey(pubkey: Pubkey, by?: string): Promise<DeleteStatus> {
    return this.#changes.take(() => this.#takeOut(pubkey, by));
  }

  #unload(pubkey: Pubkey): Promise<void> | void {
    this.#keyring.remove(pubkey);
    this.#adopted.delete(pubkey);
    this.#vanished.delete(pubkey);
    return this.#onRemoved(pubkey);
  }

  async #takeOut(pubkey: Pubkey, by?: string): Promise<DeleteStatus> {
    const before = this.#guard.statusOf(pubkey);
    const active = this.#keyring.has(pubkey);
    const recorded = before.state !== 'unknown' || before.block !== null || before.attestation !== null;
    const here = this.#failed.has(pubkey) || (await this.#directory.has(pubkey));
    // No tombstone for whatever a client thinks up: only for keys that are here or were.
    if (!recorded && !here) return 'not_found';
    const goneElsewhere = this.#unload(pubkey);
    await this.#guard.deleteKeys([pubkey], by);
    this.#failed.delete(pubkey);
    try {
      await this.#directory.remove(pubkey);
      await this.#settings.remove(pubkey);
      await goneElsewhere;
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
