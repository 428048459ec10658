import { aggregatePublicKeys, PublicKey, SecretKey } from '@chainsafe/blst';
import { randomBytes } from 'node:crypto';

/** A secret and the public key that it is said to belong to. */
export interface ClaimedSecret {
  readonly secret: Uint8Array;
  /** Compressed. */
  readonly pubkey: Uint8Array;
  /** The same key uncompressed, as far as anybody knows. */
  readonly point: Uint8Array;
}

/** Below this, deriving each public key is as fast. */
const FEW = 64;
/** A wrong secret passes each sum with at most one half. */
const SUMS = 40;
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/**
 * Which secrets do not belong to their public keys. Deriving 10,000 public keys takes two seconds of a core; here sums
 * over random halves are compared, secrets on the one side and public keys on the other, which takes a sixth. If any pair
 * is wrong, a sum over a random half comes out right with at most one half, whatever the others are; for all of them
 * that is 2^-40. Only when a sum is wrong is each derived, to find the culprit.
 *
 * The sums become big integers, which cannot be overwritten: each is over some hundred secrets, of which it tells none.
 */
export function wrongSecrets<Claim extends ClaimedSecret>(claims: readonly Claim[]): Claim[] {
  const points = claims.map(pointOf);
  const readable = points.flatMap((point) => point ?? []);
  const together = claims.length >= FEW && readable.length === claims.length;
  return together && sumsAgree(claims, readable) ? [] : claims.filter(isWrong);
}

/** Null when the two forms of the key differ: then the sums would speak of another key. */
function pointOf({ pubkey, point }: ClaimedSecret): PublicKey | null {
  try {
    const read = PublicKey.fromBytes(point);
    return Buffer.from(read.toBytes()).equals(pubkey) ? read : null;
  } catch {
    return null;
  }
}

function isWrong({ secret, pubkey }: ClaimedSecret): boolean {
  try {
    return !Buffer.from(SecretKey.fromBytes(secret).toPublicKey().toBytes()).equals(pubkey);
  } catch {
    return true;
  }
}

function sumsAgree(claims: readonly ClaimedSecret[], points: readonly PublicKey[]): boolean {
  for (let sum = 0; sum < SUMS; sum += 1) {
    const chosen = randomHalf(claims.length);
    const half = points.filter((_point, index) => chosen(index));
    // So improbable that it may as well be looked at one by one.
    if (half.length === 0) return false;
    if (!matches(sumOf(claims, chosen), aggregatePublicKeys(half))) return false;
  }
  return true;
}

function randomHalf(count: number): (index: number) => boolean {
  const bits = randomBytes(Math.ceil(count / 8));
  return (index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** Limbs of 32 bits are summed up as doubles, exact up to 2^21 summands. */
function sumOf(claims: readonly ClaimedSecret[], chosen: (index: number) => boolean): bigint {
  const limbs = new Float64Array(8);
  claims.forEach(({ secret }, index) => {
    if (!chosen(index)) return;
    const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
    for (let limb = 0; limb < 8; limb += 1) limbs[limb] = (limbs[limb] ?? 0) + view.getUint32(limb * 4);
  });
  const sum = limbs.reduce((total, limb) => (total << 32n) + BigInt(limb), 0n);
  limbs.fill(0);
  return sum % ORDER;
}

function matches(sum: bigint, point: PublicKey): boolean {
  const bytes = Buffer.from(sum.toString(16).padStart(64, '0'), 'hex');
  try {
    return Buffer.from(SecretKey.fromBytes(bytes).toPublicKey().toBytes()).equals(point.toBytes());
  } catch {
    return false;
  } finally {
    bytes.fill(0);
  }
}
