import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import {
  parseKeystoreBytes,
  pubkeyNamedBy,
  unlockKeystore,
  type Keystore,
} from '../../signer/keystore/eip2335.ts';
import { findKeystoreFiles } from '../../signer/keystore/find-keystores.ts';
import { isAbsence } from '../../signer/keystore/folder.ts';
import { makePrivateFolder, writePrivateFile } from '../../signer/keystore/private-file.ts';
import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';

/**
 * A folder that keystores are made in, so that a run that was cut short can be repeated: what is there already is
 * opened and kept, the rest is made. File names are those of the deposit tools.
 */
export class KeystoreFolder {
  readonly path: string;
  readonly #before: ReadonlyMap<Pubkey, { readonly file: string; readonly keystore: Keystore }>;
  readonly #madeAtSeconds: number;

  private constructor(
    path: string,
    before: ReadonlyMap<Pubkey, { readonly file: string; readonly keystore: Keystore }>,
    madeAtSeconds: number,
  ) {
    this.path = path;
    this.#before = before;
    this.#madeAtSeconds = madeAtSeconds;
  }

  /** Looks at what is there and changes nothing. @throws KEYSTORE_INVALID, KEY_FILE_* for a file that cannot be read */
  static async open(path: string, nowMs: number): Promise<KeystoreFolder> {
    const before = new Map<Pubkey, { file: string; keystore: Keystore }>();
    for (const file of await keystoresIn(path)) {
      const keystore = parseKeystoreBytes(await readBoundedFile(file), file);
      const pubkey = pubkeyNamedBy(keystore);
      if (pubkey !== null) before.set(pubkey, { file, keystore });
    }
    return new KeystoreFolder(path, before, Math.floor(nowMs / 1000));
  }

  /** How many keystores were there. */
  get size(): number {
    return this.#before.size;
  }

  /**
   * The file of a key that is there already, proven to open with this password; null when it has to be made.
   * @throws KEYSTORE_WRONG_PASSWORD, KEYSTORE_PUBKEY_MISMATCH
   */
  async existing(pubkey: Pubkey, password: string): Promise<string | null> {
    const found = this.#before.get(pubkey);
    if (found === undefined) return null;
    await unlockKeystore(found.keystore, password);
    return found.file;
  }

  /** Writes a keystore, mode 0600, whole or not at all. @returns its path */
  async add(keystore: Keystore): Promise<string> {
    await makePrivateFolder(this.path);
    const named = keystore.path === '' ? randomUUID() : keystore.path.replaceAll('/', '_');
    const file = join(this.path, `keystore-${named}-${this.#madeAtSeconds}.json`);
    await writePrivateFile(file, `${JSON.stringify(keystore)}\n`);
    return file;
  }
}

async function keystoresIn(path: string): Promise<string[]> {
  try {
    return await findKeystoreFiles([path]);
  } catch (error) {
    if (isVigilError(error, 'KEYSTORES_NOT_FOUND')) return [];
    if (isVigilError(error, 'KEY_FILE_MISSING') && isAbsence(error.cause)) return [];
    throw error;
  }
}
