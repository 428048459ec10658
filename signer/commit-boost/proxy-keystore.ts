import { randomUUID } from 'node:crypto';
import { keyError } from '../key-errors.ts';
import { sealSecret } from '../keystore/cipher.ts';
import {
  decryptKeystore,
  encryptKeystore,
  freshKdf,
  parseKeystoreBytes,
  type Keystore,
} from '../keystore/eip2335.ts';
import { proxyKeyOf, type ProxyKey, type ProxyScheme } from './proxy-key.ts';

/** The password has 256 random bits, so nothing is gained by a costlier derivation. */
const KDF = 'pbkdf2';

/**
 * An EIP-2335 keystore of a proxy key. The EIP knows BLS keys only, so one of an ECDSA key leaves `pubkey` out, lest
 * anybody take it for a validator key; its file name says which key it is. `secret` is left as it is.
 */
export function sealProxyKey(key: ProxyKey, secret: Uint8Array, password: string): Promise<Keystore> {
  const description = `Commit-Boost ${key.scheme} proxy key ${key.pubkey}`;
  return key.scheme === 'BLS'
    ? encryptKeystore(secret, password, { kdf: KDF, description })
    : sealEcdsa(secret, password, description);
}

async function sealEcdsa(secret: Uint8Array, password: string, description: string): Promise<Keystore> {
  const crypto = await sealSecret(secret, password, freshKdf(KDF));
  return { crypto, description, path: '', uuid: randomUUID(), version: 4 };
}

/**
 * The key in a keystore file.
 * @param pubkey what the file's name says
 * @throws KEYSTORE_*, KEYSTORE_PUBKEY_MISMATCH when the file holds another key than its name says
 */
export async function openProxyKey(
  scheme: ProxyScheme,
  pubkey: string,
  file: { readonly bytes: Uint8Array; readonly path: string },
  password: string,
): Promise<ProxyKey> {
  const secret = await decryptKeystore(parseKeystoreBytes(file.bytes, file.path), password);
  try {
    const key = proxyKeyOf(scheme, secret);
    if (key.pubkey === pubkey) return key;
    throw keyError('KEYSTORE_PUBKEY_MISMATCH', `${file.path} holds the secret of ${key.pubkey}`);
  } finally {
    secret.fill(0);
  }
}
