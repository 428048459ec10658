import { randomBytes } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import { keyError } from '../../../signer/key-errors.ts';
import { openKeystore, type OpenedKeystore } from '../../../signer/keys/open-keystore.ts';
import { pubkeyOf, secretKeyFromBytes } from '../../../signer/keystore/bls-keys.ts';
import { encryptKeystore, parseKeystoreBytes, pubkeyNamedBy } from '../../../signer/keystore/eip2335.ts';
import { defaultConcurrency, inParallel } from '../../../signer/keystore/load-in-parallel.ts';
import { decodePassword } from '../../../signer/keystore/password.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { readPasswordFile } from '../../keys/read-password-file.ts';
import type { KeySource } from './key-source.ts';

export type OpenedSource = { readonly label: string } & (
  | { readonly kind: 'opened'; readonly key: OpenedKeystore }
  /** The key is here already: to open it once more would change nothing. */
  | { readonly kind: 'here'; readonly pubkey: Pubkey }
  | { readonly kind: 'failed'; readonly message: string }
);

/** Whether a key is here, whole and active. */
type IsHere = (pubkey: Pubkey) => Promise<boolean>;

/**
 * Opens all keys that are not here, several at once, and yields them in the order of the sources. One that fails stops no
 * other. Changes nothing.
 */
export async function* openKeys(
  sources: readonly KeySource[],
  isHere: IsHere,
): AsyncGenerator<OpenedSource, void, undefined> {
  const early = new Map<number, OpenedSource>();
  let next = 0;
  const open = async ([index, source]: [number, KeySource]) => ({
    index,
    opened: await openOne(source, isHere),
  });
  for await (const { index, opened } of inParallel(sources.entries(), defaultConcurrency(), open)) {
    early.set(index, opened);
    for (let due = early.get(next); due !== undefined; due = early.get(next)) {
      early.delete(next);
      next += 1;
      yield due;
    }
  }
}

async function openOne(source: KeySource, isHere: IsHere): Promise<OpenedSource> {
  const { label } = source;
  try {
    const key = await (source.kind === 'raw' ? sealRawKey(source.secret, isHere) : openFile(source, isHere));
    return typeof key === 'string' ? { label, kind: 'here', pubkey: key } : { label, kind: 'opened', key };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { label, kind: 'failed', message: `${error.code}: ${error.message}` };
  }
}

/**
 * A keystore around a bare key, under a password that nobody has to know. With 256 random bits no guessing is to be
 * slowed down, so the derivation that opens faster at every start is taken. Only the public key of one that is here.
 */
async function sealRawKey(secret: Uint8Array, isHere: IsHere): Promise<OpenedKeystore | Pubkey> {
  try {
    const secretKey = secretKeyFromBytes(secret);
    const pubkey = pubkeyOf(secretKey);
    if (await isHere(pubkey)) return pubkey;
    const password = randomBytes(32).toString('hex');
    const keystore = await encryptKeystore(secret, password, { kdf: 'pbkdf2' });
    return { pubkey, secretKey, keystore, password };
  } finally {
    secret.fill(0);
  }
}

/** Only the public key of one that is here, by the keystore's own word. */
async function openFile(
  source: Extract<KeySource, { kind: 'keystore' }>,
  isHere: IsHere,
): Promise<OpenedKeystore | Pubkey> {
  const { keystoreFile, passwordFile } = source;
  const keystore = parseKeystoreBytes(await readBoundedFile(keystoreFile), keystoreFile);
  const named = pubkeyNamedBy(keystore);
  if (named !== null && (await isHere(named))) return named;
  const password =
    source.password === 'first-line' ? await firstLine(passwordFile) : await readPasswordFile(passwordFile);
  return openKeystore(keystore, password);
}

async function firstLine(path: string): Promise<string> {
  const [line = ''] = decodePassword(await readBoundedFile(path), path).split(/\r\n|\r|\n/);
  if (line.trim() === '') throw keyError('KEYSTORE_BAD_PASSWORD', `the first line of ${path} is blank`);
  return line;
}
