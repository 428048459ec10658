import { isVigilError, type VigilError } from '../../core/errors.ts';
import { passwordDigest } from '../keystore/cache/cache-lock.ts';
import { fileState } from '../reload/file-watch.ts';
import type { LaidOut } from './layouts/layout.ts';

/** What is certain to go wrong in the same way as long as the files are the same. */
const LASTING = [
  'KEYSTORE_INVALID',
  'KEYSTORE_TOO_COSTLY',
  'KEYSTORE_WRONG_PASSWORD',
  'KEYSTORE_PUBKEY_MISMATCH',
  'KEYSTORE_BAD_SECRET',
  'KEY_SOURCE_ANSWER',
];

export const isLasting = (error: VigilError): boolean => isVigilError(error, ...LASTING);

/** Keystores that did not open, each with the state of its files: the same files are not worth another second of a core. */
export class ShutKeystores {
  readonly #seen = new Map<string, { readonly state: string; readonly error: VigilError | null }>();

  /** To be asked before the files are read. @throws why it would not open, if nothing has changed since it did not */
  async assertChanged(one: LaidOut): Promise<void> {
    const seen = this.#seen.get(one.keystorePath);
    const state = await stateOf(one);
    if (seen !== undefined && seen.error !== null && seen.state === state) throw seen.error;
    this.#seen.set(one.keystorePath, { state, error: null });
  }

  /** It did not open. */
  remember(path: string, error: VigilError): void {
    const seen = this.#seen.get(path);
    if (seen !== undefined && isLasting(error)) this.#seen.set(path, { ...seen, error });
  }
}

async function stateOf({ keystorePath, password }: LaidOut): Promise<string> {
  if ('path' in password) return fileState([keystorePath, password.path]);
  const digest = Buffer.from(passwordDigest(password.text)).toString('hex');
  return `${await fileState([keystorePath])} ${digest}`;
}
