import { aggregatePublicKeys, PublicKey, SecretKey } from '@chainsafe/blst';
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

/** A public key that a secret is said to belong to. */
export interface ClaimedKey {
  /** Compressed. */
  readonly pubkey: Uint8Array;
  /** The same key uncompressed, as far as anybody knows. */
  readonly point: Uint8Array;
}

export interface ClaimedSecret extends ClaimedKey {
  readonly secret: Uint8Array;
}

/** Where public keys fell, and what those of each heap come to. */
export interface Heaps {
  readonly claims: readonly ClaimedKey[];
  readonly rounds: readonly Round[];
}

interface Round {
  /** The heap of each. */
  readonly fallen: Uint8Array;
  /** Of each heap, compressed; null for an empty one. */
  readonly sums: readonly (Uint8Array | null)[];
}

/** Below this, deriving each public key is as fast. */
const FEW = 256;
/** Each wrong secret stays unseen in one round with at most 1 / HEAPS. */
const HEAPS = 16;
const ROUNDS = 10;
const LIMBS = 8;
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
 * @param early what `throwOnHeaps` made of just these public keys; of others it is not used
 */
export async function wrongSecrets<Claim extends ClaimedSecret>(
  claims: readonly Claim[],
  early: Heaps | null = null,
): Promise<Claim[]> {
  const heaps = isOf(early, claims) ? early : await throwOnHeaps(claims);
  // As sums a secret and what is above the order by as much are the same; as keys they are not.
  const keys = claims.every(({ secret }) => Buffer.compare(secret, ORDER_BYTES) < 0);
  return keys && heaps !== null && (await secretsAgree(claims, heaps)) ? [] : claims.filter(isWrong);
}

/** The part of the work for which no secret is needed. Null for few keys, or when one is not what it says. */
export async function throwOnHeaps(
  claims: readonly ClaimedKey[],
  signal?: AbortSignal,
): Promise<Heaps | null> {
  if (claims.length < FEW) return null;
  const points: PublicKey[] = [];
  for (const claim of claims) {
    if (points.length % 500 === 0) await turn();
    const point = signal?.aborted === true ? null : pointOf(claim);
    if (point === null) return null;
    points.push(point);
  }
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) {
    await turn();
    if (signal?.aborted === true) return null;
    rounds.push(thrown(points));
  }
  return { claims, rounds };
}

function thrown(points: readonly PublicKey[]): Round {
  const fallen = randomBytes(points.length);
  const heaps = Array.from({ length: HEAPS }, (): PublicKey[] => []);
  for (const [index, point] of points.entries()) heaps[(fallen[index] ?? 0) % HEAPS]?.push(point);
  return {
    fallen,
    sums: heaps.map((heap) => (heap.length === 0 ? null : aggregatePublicKeys(heap).toBytes())),
  };
}

function isOf(heaps: Heaps | null, claims: readonly ClaimedKey[]): heaps is Heaps {
  if (heaps?.claims.length !== claims.length) return false;
  // The very same bytes in memory, not copies: it costs nothing, and nothing else happens.
  return claims.every(
    ({ pubkey, point }, at) => heaps.claims[at]?.pubkey === pubkey && heaps.claims[at].point === point,
  );
}

/** Null when the two forms of the key differ: then the sums would speak of another key. */
function pointOf({ pubkey, point }: ClaimedKey): PublicKey | null {
  try {
    const read = PublicKey.fromBytes(point);
    return Buffer.compare(read.toBytes(), pubkey) === 0 ? read : null;
  } catch {
    return null;
  }
}

function isWrong({ secret, pubkey }: ClaimedSecret): boolean {
  try {
    return Buffer.compare(SecretKey.fromBytes(secret).toPublicKey().toBytes(), pubkey) !== 0;
  } catch {
    return true;
  }
}

async function secretsAgree(claims: readonly ClaimedSecret[], { rounds }: Heaps): Promise<boolean> {
  const limbs = limbsOf(claims);
  try {
    for (const round of rounds) {
      await turn();
      if (!roundAgrees(limbs, round)) return false;
    }
    return true;
  } finally {
    limbs.fill(0);
  }
}

function roundAgrees(limbs: Uint32Array, { fallen, sums }: Round): boolean {
  // Sums of 32-bit limbs as doubles are exact up to 2^21 summands.
  const totals = new Float64Array(HEAPS * LIMBS);
  for (let index = 0; index < fallen.length; index += 1) {
    const heap = (fallen[index] ?? 0) % HEAPS;
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const at = heap * LIMBS + limb;
      totals[at] = (totals[at] ?? 0) + (limbs[index * LIMBS + limb] ?? 0);
    }
  }
  const agree = sums.every((sum, heap) => {
    if (sum === null) return true;
    const total = [...totals.subarray(heap * LIMBS, (heap + 1) * LIMBS)].reduce(shiftIn, 0n);
    return matches(total % ORDER, sum);
  });
  totals.fill(0);
  return agree;
}

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

function matches(sum: bigint, point: Uint8Array): boolean {
  const bytes = Buffer.from(sum.toString(16).padStart(64, '0'), 'hex');
  try {
    return Buffer.compare(SecretKey.fromBytes(bytes).toPublicKey().toBytes(), point) === 0;
  } catch {
    return false;
  } finally {
    bytes.fill(0);
  }
}
