import { secp256k1 } from '@noble/curves/secp256k1.js';
import { toHex } from '../../core/hex.ts';
import { bytesOf, type Root } from '../../core/units.ts';
import { keyError } from '../key-errors.ts';
import { generateSecretKey, pubkeyOf, secretKeyFromBytes } from '../keystore/bls-keys.ts';

export const PROXY_SCHEMES = ['BLS', 'ECDSA'] as const;
export type ProxyScheme = (typeof PROXY_SCHEMES)[number];

/** A key that speaks for a consensus key towards whoever accepts its delegation; it never signs for the chain. */
export interface ProxyKey {
  readonly scheme: ProxyScheme;
  /** Compressed, `0x` and lower-case hex: 48 bytes for BLS, 33 for ECDSA. */
  readonly pubkey: string;
  /** BLS: 96 bytes compressed. ECDSA: r and s, 64 bytes, deterministic (RFC 6979), s in the lower half. */
  sign(signingRoot: Root): Uint8Array;
}

interface SchemeDefinition {
  /** 32 bytes. The caller overwrites them. */
  newSecret(): Uint8Array;
  /** @throws KEYSTORE_BAD_SECRET. The caller overwrites `secret`. */
  keyOf(secret: Uint8Array): ProxyKey;
}

const SCHEMES: Readonly<Record<ProxyScheme, SchemeDefinition>> = {
  BLS: {
    newSecret: () => generateSecretKey().toBytes(),
    keyOf(secret) {
      const key = secretKeyFromBytes(secret);
      return {
        scheme: 'BLS',
        pubkey: pubkeyOf(key),
        sign: (signingRoot) => key.sign(bytesOf(signingRoot)).toBytes(),
      };
    },
  },
  ECDSA: {
    newSecret: () => secp256k1.utils.randomSecretKey(),
    keyOf(secret) {
      if (!secp256k1.utils.isValidSecretKey(secret)) {
        throw keyError('KEYSTORE_BAD_SECRET', 'the decrypted secret is not a secp256k1 secret key');
      }
      const own = Uint8Array.from(secret);
      return {
        scheme: 'ECDSA',
        pubkey: toHex(secp256k1.getPublicKey(own, true)),
        // The root is a digest already; hashing it once more would make another message of it.
        sign: (signingRoot) => secp256k1.sign(bytesOf(signingRoot), own, { prehash: false, lowS: true }),
      };
    },
  },
};

export const newProxySecret = (scheme: ProxyScheme): Uint8Array => SCHEMES[scheme].newSecret();

export const proxyKeyOf = (scheme: ProxyScheme, secret: Uint8Array): ProxyKey =>
  SCHEMES[scheme].keyOf(secret);
