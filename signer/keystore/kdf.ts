import { pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { keyError } from '../key-errors.ts';
import { derivationRoom } from './derivation-room.ts';
import { encodePassword } from './password.ts';

/** The two key derivations of EIP-2335, each with the module's parameters; `salt` is hex without 0x. */
export interface ScryptKdf {
  readonly function: 'scrypt';
  readonly params: {
    readonly dklen: 32;
    readonly n: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
  };
  readonly message: '';
}

export interface Pbkdf2Kdf {
  readonly function: 'pbkdf2';
  readonly params: {
    readonly dklen: 32;
    readonly c: number;
    readonly prf: 'hmac-sha256';
    readonly salt: string;
  };
  readonly message: '';
}

export type Kdf = ScryptKdf | Pbkdf2Kdf;

const GIB = 2 ** 30;
/** Four times what the EIP's own parameters take. */
const MAX_SCRYPT_MEMORY = GIB;
/** n * r * p; sixteen times the EIP's own, about 15 s of one core. */
const MAX_SCRYPT_WORK = 2 ** 25;
/** Sixty-four times the EIP's own, about 11 s of one core. */
const MAX_PBKDF2_ROUNDS = 2 ** 24;

const deriveScrypt = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);
const derivePbkdf2 = promisify(pbkdf2);

/** What scrypt allocates: the table of n blocks, p blocks of input and two of scratch, each 128 * r bytes. */
const scryptMemory = ({ n, r, p }: ScryptKdf['params']): number => 128 * r * (n + p + 2);

/**
 * Turns away parameters that scrypt does not define, or with which one file could take all memory or days of CPU.
 * Weak parameters pass: the key is no safer for being refused.
 * @throws KEYSTORE_INVALID, KEYSTORE_TOO_COSTLY
 */
export function assertBearable(kdf: Kdf, field: string): void {
  if (kdf.function === 'pbkdf2') {
    if (kdf.params.c > MAX_PBKDF2_ROUNDS) {
      throw keyError('KEYSTORE_TOO_COSTLY', `${field}.params.c must be at most ${MAX_PBKDF2_ROUNDS}`);
    }
    return;
  }
  const { n, r, p } = kdf.params;
  // Bounded before any arithmetic with them, so that no product leaves the safe integers.
  if (n > MAX_SCRYPT_WORK || r > MAX_SCRYPT_WORK || p > MAX_SCRYPT_WORK) {
    throw keyError('KEYSTORE_TOO_COSTLY', `${field}.params: scrypt n, r and p are far too large`);
  }
  if (n < 2 || (n & (n - 1)) !== 0) {
    throw keyError('KEYSTORE_INVALID', `${field}.params.n must be a power of two above 1`);
  }
  // RFC 7914 section 2 defines scrypt for n < 2^(128 * r / 8) only, and OpenSSL holds to it.
  if (r < 4 && n >= 2 ** (16 * r)) {
    throw keyError('KEYSTORE_INVALID', `${field}.params.n is too large for that r (RFC 7914)`);
  }
  // The EIP's 128 * n * r and the small rest apart, so that exactly 1 GiB of table is still let through.
  if (128 * n * r > MAX_SCRYPT_MEMORY || 128 * r * p > MAX_SCRYPT_MEMORY / 4) {
    throw keyError('KEYSTORE_TOO_COSTLY', `${field}.params: scrypt would take more than 1 GiB of memory`);
  }
  if (n * r * p > MAX_SCRYPT_WORK) {
    throw keyError(
      'KEYSTORE_TOO_COSTLY',
      `${field}.params: scrypt n * r * p must be at most ${MAX_SCRYPT_WORK}`,
    );
  }
}

/**
 * The 32-byte decryption key, computed on libuv's thread pool. The caller overwrites it after use. OpenSSL clears
 * its own working memory; the copies that Node makes of password and salt for the pool thread are out of reach.
 * @throws KEYSTORE_KDF_FAILED when memory runs out
 */
export function deriveKey(kdf: Kdf, password: string): Promise<Uint8Array> {
  const bytes = kdf.function === 'scrypt' ? scryptMemory(kdf.params) : 0;
  return derivationRoom.take(bytes, () => derive(kdf, password));
}

async function derive(kdf: Kdf, password: string): Promise<Uint8Array> {
  const encoded = encodePassword(password);
  const salt = Buffer.from(kdf.params.salt, 'hex');
  try {
    if (kdf.function === 'pbkdf2') return await derivePbkdf2(encoded, salt, kdf.params.c, 32, 'sha256');
    const { n, r, p } = kdf.params;
    return await deriveScrypt(encoded, salt, 32, { N: n, r, p, maxmem: scryptMemory(kdf.params) });
  } catch (error) {
    throw keyError('KEYSTORE_KDF_FAILED', `${kdf.function} could not run`, error);
  } finally {
    encoded.fill(0);
  }
}
