import { randomUUID } from 'node:crypto';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { sealSecret } from '../../../../signer/keystore/cipher.ts';
import type { Keystore } from '../../../../signer/keystore/eip2335.ts';

export const CHEAP_KDF = {
  function: 'pbkdf2',
  params: { dklen: 32, c: 2, prf: 'hmac-sha256', salt: '00'.repeat(32) },
  message: '',
} as const;

/** A real keystore of a new key whose derivation costs nothing, for tests of which the KDF is not the subject. */
export async function cheapKeystore(password: string) {
  const secretKey = generateSecretKey();
  const pubkey = pubkeyOf(secretKey);
  const keystore: Keystore = {
    crypto: await sealSecret(secretKey.toBytes(), password, CHEAP_KDF),
    pubkey: pubkey.slice(2),
    path: '',
    uuid: randomUUID(),
    version: 4,
  };
  return { secretKey, pubkey, keystore };
}
