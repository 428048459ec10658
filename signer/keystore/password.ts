import { keyError } from '../key-errors.ts';

/** C0, DEL and C1, which EIP-2335 takes out of a password; the space is not among them. */
// eslint-disable-next-line no-control-regex -- control codes are the subject
const CONTROL_CODES = /[\u0000-\u001f\u007f-\u009f]/gu;

/**
 * A password as the bytes that enter the key derivation: NFKD, without control codes, UTF-8. So a trailing newline
 * of a password file does not matter. The caller overwrites the bytes after use; the string itself cannot be
 * overwritten in JavaScript and stays in memory until the collector reuses its place.
 * Source: EIP-2335, "Password requirements"
 */
export function encodePassword(password: string): Uint8Array {
  return Buffer.from(password.normalize('NFKD').replace(CONTROL_CODES, ''), 'utf8');
}

/** @throws KEYSTORE_BAD_PASSWORD when nothing of it would enter the key derivation */
export function assertNotEmpty(password: string): void {
  const encoded = encodePassword(password);
  const { length } = encoded;
  encoded.fill(0);
  if (length === 0) throw keyError('KEYSTORE_BAD_PASSWORD', 'the password is empty');
}

/** One for all: making a decoder takes longer than a password does. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a password file. A byte-order mark stays: it is no control code, so it belongs to the password.
 * @throws KEYSTORE_BAD_PASSWORD when the bytes are not UTF-8, which would otherwise turn into another password
 */
export function decodePassword(bytes: Uint8Array, field: string): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw keyError('KEYSTORE_BAD_PASSWORD', `${field} is not UTF-8 text`);
  }
}
