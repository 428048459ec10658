import { randomBytes } from 'node:crypto';
import { SecretKey } from '@chainsafe/blst';
import { pubkeyFromBytes, type Pubkey } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import { pubkeyNamedBy, type Keystore } from './keystore-schema.ts';

/** A secret key, or what has its bytes: `toBytes` gives a copy, which the caller overwrites. */
export type SecretBytes = Pick<SecretKey, 'toBytes'>;

/**
 * A secret key from its 32 bytes, big-endian. blst keeps its own copy outside the JavaScript heap, which nothing
 * can overwrite from here; the caller overwrites `bytes`.
 * @throws KEYSTORE_BAD_SECRET for zero, for anything from the curve order upwards and for another length
 */
export function secretKeyFromBytes(bytes: Uint8Array): SecretKey {
  try {
    return SecretKey.fromBytes(bytes);
  } catch (error) {
    throw keyError('KEYSTORE_BAD_SECRET', undefined, error);
  }
}

export function pubkeyOf(secretKey: SecretKey): Pubkey {
  return pubkeyFromBytes(secretKey.toPublicKey().toBytes());
}

/**
 * A new random secret key: the EIP-2333 master key of 32 bytes from the operating system's generator. It has no
 * mnemonic, so the keystore made of it is the only copy there is. Meant for devnets and tests; the key of a real
 * validator comes from a mnemonic, which can be written on paper.
 */
export function generateSecretKey(): SecretKey {
  const seed = randomBytes(32);
  try {
    return SecretKey.deriveMasterEip2333(seed);
  } finally {
    seed.fill(0);
  }
}

/**
 * A keystore that names a public key must hold the secret of that very key: a wrong name would put the key's
 * duties and its slashing history under another validator.
 * @throws KEYSTORE_PUBKEY_MISMATCH
 */
export function assertKeystoreMatches(keystore: Keystore, secretKey: SecretKey): void {
  const named = pubkeyNamedBy(keystore);
  const derived = pubkeyOf(secretKey);
  if (named !== null && named !== derived) {
    throw keyError(
      'KEYSTORE_PUBKEY_MISMATCH',
      `the keystore names ${named}, its secret belongs to ${derived}`,
    );
  }
}
