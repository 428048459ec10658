import { randomBytes } from 'node:crypto';
import type { SecretKey } from '@chainsafe/blst';
import type { Pubkey } from '../../core/units.ts';
import { validatorPath } from '../../key-life/derivation/key-path.ts';
import type { KeyTree } from '../../key-life/derivation/key-tree.ts';
import type { KeystoreFolder } from '../../key-life/keystores/keystore-folder.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { encryptKeystore, type Keystore } from '../../signer/keystore/eip2335.ts';
import type { KeyManager } from '../../signer/keys/key-manager.ts';
import { actingUser } from '../acting-user.ts';
import { cliError } from '../cli-errors.ts';
import { stopSignal } from '../stop-signal.ts';
import { makeEach } from './make-each.ts';

export interface Making {
  readonly tree: KeyTree;
  readonly indices: readonly number[];
  readonly kdf: 'scrypt' | 'pbkdf2';
}

export interface MadeKey {
  readonly pubkey: Pubkey;
  readonly path: string;
  readonly index: number;
  readonly status: 'made' | 'there already';
  /** Of the keystore; null for one in the data directory. */
  readonly file: string | null;
}

/** One password for all. @throws KEYS_UNFINISHED, and what writing and opening throw */
export function intoFolder(folder: KeystoreFolder, making: Making, password: string): Promise<MadeKey[]> {
  return makeAll(making, async (secretKey, pubkey, path) => {
    const existing = await folder.existing(pubkey, password);
    if (existing !== null) return { status: 'there already', file: existing };
    return { status: 'made', file: await folder.add(await keystoreOf(secretKey, password, path, making)) };
  });
}

/**
 * A key that is here stays as it is, and is not opened: its keystore may be under another password than this.
 * @param password null: a random one for each key
 */
export function intoDataDirectory(
  keyManager: KeyManager,
  making: Making,
  password: string | null,
): Promise<MadeKey[]> {
  return makeAll(making, async (secretKey, pubkey, path) => {
    if (await keyManager.isImported(pubkey)) return { status: 'there already', file: null };
    const used = password ?? randomBytes(32).toString('hex');
    const { status } = await keyManager.importKey(
      await keystoreOf(secretKey, used, path, making),
      used,
      actingUser('keys new'),
    );
    return { status: status === 'imported' ? 'made' : 'there already', file: null };
  });
}

async function keystoreOf(
  secretKey: SecretKey,
  password: string,
  path: string,
  { kdf }: Making,
): Promise<Keystore> {
  const secret = secretKey.toBytes();
  return encryptKeystore(secret, password, { kdf, path }).finally(() => secret.fill(0));
}

type Kept = Pick<MadeKey, 'status' | 'file'>;

/** A signal ends it between two keys: what is made is whole. */
async function makeAll(
  { tree, indices }: Making,
  keep: (secretKey: SecretKey, pubkey: Pubkey, path: string) => Promise<Kept>,
): Promise<MadeKey[]> {
  const { signal } = stopSignal();
  const makeOne = async (index: number): Promise<MadeKey> => {
    const secretKey = tree.validatorKey(index, 'signing');
    const pubkey = pubkeyOf(secretKey);
    const path = validatorPath(index, 'signing');
    return { pubkey, path, index, ...(await keep(secretKey, pubkey, path)) };
  };
  const made = await makeEach(indices, makeOne, signal);
  if (made.length < indices.length) {
    throw cliError('KEYS_UNFINISHED', `${made.length} of ${indices.length} keys were made`);
  }
  return made.sort((one, other) => one.index - other.index);
}
