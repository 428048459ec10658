import { aggregatePublicKeys, PublicKey, SecretKey } from '@chainsafe/blst';
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

/** A secret and the public key that it is said to belong to. */
export interface ClaimedSecret {
  readonly secret: Uint8Array;
  /** Compressed. */
  readonly pubkey: Uint8Array;
  /** The same key uncompressed, as far as anybody knows. */
  readonly point: Uint8Array;
}

/** Below this, deriving each public key is as fast. */
const FEW = 256;
/** Each wrong secret stays unseen in one round with at most 1 / HEAPS. */
const HEAPS = 16;
const ROUNDS = 10;
const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const ORDER_BYTES = Buffer.from(ORDER.toString(16), 'hex');

/**
 * Which secrets do not belong to their public keys. Deriving 10,000 public keys takes two seconds of a core; here they are
 * thrown on sixteen heaps, and of each heap the sum of the secrets is held against the sum of the public keys, which takes
 * a tenth. Take any wrong one, and let all others lie as they fell: if every heap is to come out right, there is only one
 * on which it can lie. So each round overlooks it with at most 1/16, and ten rounds all of them with 2^-40. Only when a
 * heap is wrong is each key derived, to find the culprit.
 *
 * The sums become big integers, which cannot be overwritten: each is over many secrets, of which it tells none.
 */
export async function wrongSecrets<Claim extends ClaimedSecret>(claims: readonly Claim[]): Promise<Claim[]> {
  const points = claims.map(pointOf);
  const readable = points.flatMap((point) => point ?? []);
  // As sums a secret and what is above the order by as much are the same; as keys they are not.
  const keys = claims.every(({ secret }) => Buffer.compare(secret, ORDER_BYTES) < 0);
  const together = keys && claims.length >= FEW && readable.length === claims.length;
  return together && (await heapsAgree(claims, readable)) ? [] : claims.filter(isWrong);
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

async function heapsAgree(claims: readonly ClaimedSecret[], points: readonly PublicKey[]): Promise<boolean> {
  const limbs = limbsOf(claims);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await turn();
      if (!roundAgrees(limbs, points)) return false;
    }
    return true;
  } finally {
    limbs.fill(0);
  }
}

function roundAgrees(limbs: Uint32Array, points: readonly PublicKey[]): boolean {
  const fallen = randomBytes(points.length);
  const heaps = Array.from({ length: HEAPS }, (): PublicKey[] => []);
  // Sums of 32-bit limbs as doubles are exact up to 2^21 summands.
  const sums = new Float64Array(HEAPS * LIMBS);
  for (const [index, point] of points.entries()) {
    const heap = (fallen[index] ?? 0) % HEAPS;
    heaps[heap]?.push(point);
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const at = heap * LIMBS + limb;
      sums[at] = (sums[at] ?? 0) + (limbs[index * LIMBS + limb] ?? 0);
    }
  }
  const agree = heaps.every((heap, at) => {
    if (heap.length === 0) return true;
    const sum = [...sums.subarray(at * LIMBS, (at + 1) * LIMBS)].reduce(shiftIn, 0n);
    return matches(sum % ORDER, aggregatePublicKeys(heap));
  });
  sums.fill(0);
  return agree;
}

const LIMBS = 8;

const shiftIn = (total: bigint, limb: number): bigint => (total << 32n) + BigInt(limb);

/** Most significant first. */
function limbsOf(claims: readonly ClaimedSecret[]): Uint32Array {
  const limbs = new Uint32Array(claims.length * LIMBS);
  for (const [index, { secret }] of claims.entries()) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.byteLength);
    for (let limb = 0; limb < LIMBS; limb += 1) limbs[index * LIMBS + limb] = view.getUint32(limb * 4);
  }
  return limbs;
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
