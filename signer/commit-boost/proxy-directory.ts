import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isVigilError, type VigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import { parsePubkey, type Pubkey } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import { namesIn } from '../keystore/folder.ts';
import { defaultConcurrency, inParallel } from '../keystore/load-in-parallel.ts';
import { decodePassword, encodePassword } from '../keystore/password.ts';
import { makePrivateFolder, readPrivateFile, writePrivateFile } from '../keystore/private-file.ts';
import { PROXY_SCHEMES, type ProxyKey, type ProxyScheme } from './proxy-key.ts';
import { openProxyKey, sealProxyKey } from './proxy-keystore.ts';

export interface ProxyDirectoryPaths {
  readonly keystores: string;
  readonly passwordFile: string;
}

/** A keystore in the folder. */
interface Stored {
  readonly delegator: Pubkey;
  readonly scheme: ProxyScheme;
  readonly pubkey: string;
  readonly path: string;
}

export type LoadedProxy =
  | { readonly delegator: Pubkey; readonly key: ProxyKey }
  | { readonly path: string; readonly error: VigilError };

const DELEGATOR_NAME = /^0x[0-9a-f]{96}$/;
/** Folder and file names as Web3Signer has them. */
const LAYOUT: Readonly<Record<ProxyScheme, { readonly folder: string; readonly file: RegExp }>> = {
  BLS: { folder: 'BLS', file: /^(0x[0-9a-f]{96})\.json$/ },
  ECDSA: { folder: 'SECP256K1', file: /^(0x0[23][0-9a-f]{64})\.json$/ },
};

/**
 * The proxy keys on the disk: `<consensus pubkey>/{BLS,SECP256K1}/<proxy pubkey>.json` are keystores, all under one
 * random password in a file of its own. A keystore here is the only copy of its key.
 */
export class ProxyDirectory {
  readonly #paths: ProxyDirectoryPaths;
  /** Two first keys at once must not make two passwords. */
  readonly #passwords = new Turns();

  constructor(paths: ProxyDirectoryPaths) {
    this.#paths = paths;
  }

  /**
   * Opens every keystore. One that cannot be opened is reported and does not stop the others.
   * @throws KEY_PASSWORD_MISSING when there are keystores and no password, KEY_FILE_EXPOSED, KEY_FILE_UNREADABLE
   */
  async *load(): AsyncGenerator<LoadedProxy, void, undefined> {
    const stored = await this.#list();
    if (stored.length === 0) return;
    const password = await this.#readPassword();
    yield* inParallel(stored, defaultConcurrency(), (one) => openOne(one, password));
  }

  /**
   * Stores a key, durably. `secret` is left as it is.
   * @throws KEY_PASSWORD_MISSING, KEY_FILE_UNWRITABLE
   */
  async add(delegator: Pubkey, key: ProxyKey, secret: Uint8Array): Promise<void> {
    const password = await this.#passwords.take(() => this.#loadOrCreatePassword());
    const keystore = await sealProxyKey(key, secret, password);
    const folder = join(this.#paths.keystores, delegator, LAYOUT[key.scheme].folder);
    await makePrivateFolder(folder);
    await writePrivateFile(join(folder, `${key.pubkey}.json`), `${JSON.stringify(keystore, null, 2)}\n`);
  }

  async #list(): Promise<Stored[]> {
    const stored: Stored[] = [];
    for (const delegator of await namesIn(this.#paths.keystores)) {
      if (!DELEGATOR_NAME.test(delegator)) continue;
      for (const scheme of PROXY_SCHEMES) {
        const folder = join(this.#paths.keystores, delegator, LAYOUT[scheme].folder);
        for (const name of await namesIn(folder)) {
          const pubkey = LAYOUT[scheme].file.exec(name)?.[1];
          if (pubkey === undefined) continue;
          stored.push({
            delegator: parsePubkey(delegator, 'folder name'),
            scheme,
            pubkey,
            path: join(folder, name),
          });
        }
      }
    }
    return stored;
  }

  async #loadOrCreatePassword(): Promise<string> {
    try {
      return await this.#readPassword();
    } catch (error) {
      // A second password would leave the keys under the first one shut for good.
      if (!isVigilError(error, 'KEY_PASSWORD_MISSING') || (await this.#list()).length > 0) throw error;
      const password = randomBytes(32).toString('hex');
      await makePrivateFolder(dirname(this.#paths.passwordFile));
      await writePrivateFile(this.#paths.passwordFile, `${password}\n`);
      return password;
    }
  }

  async #readPassword(): Promise<string> {
    const path = this.#paths.passwordFile;
    const bytes = await readPrivateFile(path).catch((error: unknown) => {
      if (!isVigilError(error, 'KEY_FILE_MISSING')) throw error;
      throw keyError('KEY_PASSWORD_MISSING', `${path} does not exist`, error);
    });
    try {
      const password = decodePassword(bytes, path);
      if (encodePassword(password).length > 0) return password;
      throw keyError('KEYSTORE_BAD_PASSWORD', `${path} holds no password`);
    } finally {
      bytes.fill(0);
    }
  }
}

async function openOne({ delegator, scheme, pubkey, path }: Stored, password: string): Promise<LoadedProxy> {
  try {
    const file = { bytes: await readPrivateFile(path), path };
    return { delegator, key: await openProxyKey(scheme, pubkey, file, password) };
  } catch (error) {
    return { path, error: isVigilError(error) ? error : keyError('KEY_LOAD_FAILED', undefined, error) };
  }
}
