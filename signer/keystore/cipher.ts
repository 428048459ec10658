import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { keyError } from '../key-errors.ts';
import { deriveKey, type Kdf } from './kdf.ts';

/** The `crypto` part of an EIP-2335 keystore; every `message`, `iv` and `salt` is hex without 0x. */
export interface SealedSecret {
  readonly kdf: Kdf;
  readonly checksum: {
    readonly function: 'sha256';
    readonly params: Readonly<Record<string, never>>;
    readonly message: string;
  };
  readonly cipher: {
    readonly function: 'aes-128-ctr';
    readonly params: { readonly iv: string };
    readonly message: string;
  };
}

/**
 * Decrypts the secret. The caller overwrites it after use.
 * @throws KEYSTORE_WRONG_PASSWORD, KEYSTORE_KDF_FAILED
 */
export async function openSealed(sealed: SealedSecret, password: string): Promise<Uint8Array> {
  const key = await deriveKey(sealed.kdf, password);
  try {
    const ciphertext = Buffer.from(sealed.cipher.message, 'hex');
    const expected = Buffer.from(sealed.checksum.message, 'hex');
    // AES-CTR decrypts under any key without complaint: only the checksum tells the right password.
    if (!timingSafeEqual(checksum(key, ciphertext), expected)) throw keyError('KEYSTORE_WRONG_PASSWORD');
    const iv = Buffer.from(sealed.cipher.params.iv, 'hex');
    // A stream cipher: `update` gives every byte and `final` has none left to give.
    return createDecipheriv('aes-128-ctr', key.subarray(0, 16), iv).update(ciphertext);
  } finally {
    key.fill(0);
  }
}

/** Encrypts a secret under a fresh random iv. */
export async function sealSecret(secret: Uint8Array, password: string, kdf: Kdf): Promise<SealedSecret> {
  const key = await deriveKey(kdf, password);
  try {
    const iv = randomBytes(16);
    const ciphertext = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv).update(secret);
    return {
      kdf,
      checksum: { function: 'sha256', params: {}, message: checksum(key, ciphertext).toString('hex') },
      cipher: {
        function: 'aes-128-ctr',
        params: { iv: iv.toString('hex') },
        message: ciphertext.toString('hex'),
      },
    };
  } finally {
    key.fill(0);
  }
}

/** SHA-256 over the second half of the decryption key and the ciphertext (EIP-2335, "Password verification"). */
function checksum(key: Uint8Array, ciphertext: Uint8Array): Buffer {
  return createHash('sha256').update(key.subarray(16, 32)).update(ciphertext).digest();
}
