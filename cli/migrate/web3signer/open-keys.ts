import { randomBytes } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { keyError } from '../../../signer/key-errors.ts';
import { openKeystore, type OpenedKeystore } from '../../../signer/keys/open-keystore.ts';
import { pubkeyOf, secretKeyFromBytes } from '../../../signer/keystore/bls-keys.ts';
import { encryptKeystore, parseKeystoreBytes } from '../../../signer/keystore/eip2335.ts';
import { defaultConcurrency, inParallel } from '../../../signer/keystore/load-in-parallel.ts';
import { decodePassword } from '../../../signer/keystore/password.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { readPasswordFile } from '../../keys/read-password-file.ts';
import type { KeySource } from './key-source.ts';

export interface OpenedSource {
  readonly label: string;
  /** Null when it did not open; the message says why. */
  readonly key: OpenedKeystore | null;
  readonly message: string;
}

/** Opens all keys, in the order of the sources. One that fails stops no other. Changes nothing. */
export async function openKeys(
  sources: readonly KeySource[],
  onProgress: (done: number) => void,
): Promise<OpenedSource[]> {
  const opened = new Map<KeySource, OpenedSource>();
  const open = async (source: KeySource) => ({ source, result: await openOne(source) });
  for await (const { source, result } of inParallel(sources, defaultConcurrency(), open)) {
    opened.set(source, result);
    onProgress(opened.size);
  }
  return sources.flatMap((source) => opened.get(source) ?? []);
}

async function openOne(source: KeySource): Promise<OpenedSource> {
  const { label } = source;
  try {
    const key = source.kind === 'raw' ? await sealRawKey(source.secret) : await openFile(source);
    return { label, key, message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { label, key: null, message: `${error.code}: ${error.message}` };
  }
}

/**
 * A keystore around a bare key, under a password that nobody has to know. With 256 random bits no guessing is to be
 * slowed down, so the derivation that opens faster at every start is taken.
 */
async function sealRawKey(secret: Uint8Array): Promise<OpenedKeystore> {
  try {
    const secretKey = secretKeyFromBytes(secret);
    const password = randomBytes(32).toString('hex');
    const keystore = await encryptKeystore(secret, password, { kdf: 'pbkdf2' });
    return { pubkey: pubkeyOf(secretKey), secretKey, keystore, password };
  } finally {
    secret.fill(0);
  }
}

async function openFile(source: Extract<KeySource, { kind: 'keystore' }>): Promise<OpenedKeystore> {
  const { keystoreFile, passwordFile } = source;
  const keystore = parseKeystoreBytes(await readBoundedFile(keystoreFile), keystoreFile);
  const password =
    source.password === 'first-line' ? await firstLine(passwordFile) : await readPasswordFile(passwordFile);
  return openKeystore(keystore, password);
}

async function firstLine(path: string): Promise<string> {
  const [line = ''] = decodePassword(await readBoundedFile(path), path).split(/\r\n|\r|\n/);
  if (line.trim() === '') throw keyError('KEYSTORE_BAD_PASSWORD', `the first line of ${path} is blank`);
  return line;
}
