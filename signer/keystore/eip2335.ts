import { randomBytes, randomUUID } from 'node:crypto';
import type { SecretKey } from '@chainsafe/blst';
import { assertKeystoreMatches, pubkeyOf, secretKeyFromBytes } from './bls-keys.ts';
import { openSealed, sealSecret } from './cipher.ts';
import type { Kdf } from './kdf.ts';
import type { Keystore } from './keystore-schema.ts';
import { assertNotEmpty } from './password.ts';

export { parseKeystore, parseKeystoreBytes, pubkeyNamedBy, type Keystore } from './keystore-schema.ts';

export interface EncryptOptions {
  /** scrypt withstands guessing better; pbkdf2 opens five times faster and needs no memory. */
  readonly kdf: Kdf['function'];
  /** EIP-2334 path; empty when left out, which the EIP reads as unknown. */
  readonly path?: string;
  readonly description?: string;
}

/**
 * The 32-byte secret of a keystore. The caller overwrites it as soon as it is used.
 * @throws KEYSTORE_WRONG_PASSWORD, KEYSTORE_KDF_FAILED
 */
export function decryptKeystore(keystore: Keystore, password: string): Promise<Uint8Array> {
  return openSealed(keystore.crypto, password);
}

/**
 * The secret key of a keystore, checked against the public key that the keystore names; the secret's bytes do not
 * outlive the call in a buffer of ours.
 * @throws KEYSTORE_WRONG_PASSWORD, KEYSTORE_KDF_FAILED, KEYSTORE_BAD_SECRET, KEYSTORE_PUBKEY_MISMATCH
 */
export async function unlockKeystore(keystore: Keystore, password: string): Promise<SecretKey> {
  const secret = await decryptKeystore(keystore, password);
  try {
    const secretKey = secretKeyFromBytes(secret);
    assertKeystoreMatches(keystore, secretKey);
    return secretKey;
  } finally {
    secret.fill(0);
  }
}

/**
 * A new keystore with the EIP's own cost parameters. `secret` is left as it is: the caller overwrites it.
 * @throws KEYSTORE_BAD_SECRET, KEYSTORE_BAD_PASSWORD when nothing of the password is left after normalisation
 */
export async function encryptKeystore(
  secret: Uint8Array,
  password: string,
  options: EncryptOptions,
): Promise<Keystore> {
  const pubkey = pubkeyOf(secretKeyFromBytes(secret));
  assertNotEmpty(password);
  return {
    crypto: await sealSecret(secret, password, freshKdf(options.kdf)),
    description: options.description ?? '',
    pubkey: pubkey.slice(2),
    path: options.path ?? '',
    uuid: randomUUID(),
    version: 4,
  };
}

/** The EIP's own parameters with a new random salt. */
export function freshKdf(kdf: Kdf['function']): Kdf {
  const salt = randomBytes(32).toString('hex');
  switch (kdf) {
    case 'scrypt':
      return { function: 'scrypt', params: { dklen: 32, n: 262_144, r: 8, p: 1, salt }, message: '' };
    case 'pbkdf2':
      return {
        function: 'pbkdf2',
        params: { dklen: 32, c: 262_144, prf: 'hmac-sha256', salt },
        message: '',
      };
  }
}
