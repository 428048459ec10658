import { join } from 'node:path';
import { Turns } from '../../core/turns.ts';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { namesIn, removeDurably } from '../keystore/folder.ts';
import {
  isTemporaryName,
  makePrivateFolder,
  readPrivateFile,
  writePrivateFile,
} from '../keystore/private-file.ts';
import { decodeKeySettings, encodeKeySettings } from './key-settings-file.ts';

/** What an operator has laid down for one key; null where nothing was. */
export interface KeySettings {
  /** Execution address, `0x` and 40 lower-case hex digits. */
  readonly feeRecipient: string | null;
  readonly gasLimit: bigint | null;
  /** For a signer that sees whole blocks; this one cannot hold a block to it, so no route sets it. */
  readonly graffiti: string | null;
}

/** What a policy asks before it lets a key sign. */
export type KeySettingsOf = (pubkey: Pubkey) => Pick<KeySettings, 'feeRecipient' | 'gasLimit'>;

export const NO_KEY_SETTINGS: KeySettings = { feeRecipient: null, gasLimit: null, graffiti: null };
const SETTINGS = Object.keys(NO_KEY_SETTINGS) as (keyof KeySettings)[];

const FILE_NAME = /^(0x[0-9a-f]{96})\.json$/;

/**
 * The settings of each key, `key-settings/<pubkey>.json` in the data directory: a file per key, so that a change
 * costs one small write however many keys there are. They restrict what is signed, so they are durable before they
 * are in force, and a file that cannot be read stops the start instead of lifting its restriction.
 */
export class KeySettingsStore {
  readonly #folder: string;
  readonly #settings = new Map<Pubkey, KeySettings>();
  /** Two changes of one key must not both start from the same old state. */
  readonly #changes = new Turns();

  /** Knows no settings before {@link load}; `remove` works without. */
  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'key-settings');
  }

  /** @throws KEY_SETTINGS_INVALID, KEY_FILE_EXPOSED, KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE, each naming the file */
  async load(): Promise<void> {
    for (const name of await namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      const text = FILE_NAME.exec(name)?.[1];
      if (isTemporaryName(name)) await removeDurably(this.#folder, path);
      if (text === undefined) continue;
      this.#settings.set(
        parsePubkey(text, 'file name'),
        decodeKeySettings(await readPrivateFile(path), path),
      );
    }
  }

  of(pubkey: Pubkey): KeySettings {
    return this.#settings.get(pubkey) ?? NO_KEY_SETTINGS;
  }

  /**
   * Changes what is given and leaves the rest; resolves when it is durable and in force. Nothing is done where nothing
   * changes.
   * @param before told of the change, before any of it is on the disk; when it throws, nothing is changed
   * @throws KEY_FILE_UNWRITABLE; then the old settings stand
   */
  set(
    pubkey: Pubkey,
    change: Partial<KeySettings>,
    before?: (old: KeySettings, next: KeySettings) => Promise<void>,
  ): Promise<void> {
    return this.#changes.take(async () => {
      const old = this.of(pubkey);
      const next = { ...old, ...change };
      if (SETTINGS.every((name) => old[name] === next[name])) return;
      await before?.(old, next);
      if (Object.values(next).every((value) => value === null)) return this.#forget(pubkey);
      await makePrivateFolder(this.#folder);
      await writePrivateFile(this.#path(pubkey), encodeKeySettings(next));
      this.#settings.set(pubkey, next);
    });
  }

  /** All settings of a key that is gone. @throws KEY_FILE_UNWRITABLE */
  remove(pubkey: Pubkey): Promise<void> {
    return this.#changes.take(() => this.#forget(pubkey));
  }

  async #forget(pubkey: Pubkey): Promise<void> {
    await removeDurably(this.#folder, this.#path(pubkey));
    this.#settings.delete(pubkey);
  }

  #path(pubkey: Pubkey): string {
    return join(this.#folder, `${pubkey}.json`);
  }
}
