import { createHash } from 'node:crypto';

/**
 * The consensus specs' pseudo code once more, written down as it stands and without a thought for speed, by
 * index and one hash at a time: what the simulation is checked against. Shares no code with it.
 */
const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const bytesOf = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((total, byte) => (total << 8n) + BigInt(byte), 0n);

export function computeShuffledIndex(index: number, count: number, seed: Uint8Array, rounds: number): number {
  let at = BigInt(index);
  const n = BigInt(count);
  for (let round = 0n; round < BigInt(rounds); round += 1n) {
    const pivot = numberOf(sha(seed, bytesOf(round, 1)).subarray(0, 8)) % n;
    const flip = (pivot + n - at) % n;
    const position = at > flip ? at : flip;
    const source = sha(seed, bytesOf(round, 1), bytesOf(position / 256n, 4));
    const byte = BigInt(source[Number((position % 256n) / 8n)]!);
    if ((byte >> (position % 8n)) % 2n === 1n) at = flip;
  }
  return Number(at);
}

export function getSeed(domainType: Uint8Array, epoch: bigint, mix: Uint8Array): Uint8Array {
  return sha(domainType, bytesOf(epoch, 8), mix);
}

export const slotSeed = (seed: Uint8Array, slot: bigint): Uint8Array => sha(seed, bytesOf(slot, 8));

/** Draws as `compute_proposer_index` does: with one random byte before the 16-bit draw of Electra's last drafts. */
export function draw(
  count: number,
  seed: Uint8Array,
  options: { rounds: number; wanted: number; bytes: 1 | 2; effective: bigint; maximum: bigint },
): number[] {
  const { rounds, wanted, bytes, effective, maximum } = options;
  const perHash = 32 / bytes;
  const most = 2n ** BigInt(8 * bytes) - 1n;
  const chosen: number[] = [];
  for (let i = 0; chosen.length < wanted; i += 1) {
    const candidate = computeShuffledIndex(i % count, count, seed, rounds);
    const hash = sha(seed, bytesOf(BigInt(Math.floor(i / perHash)), 8));
    const offset = (i % perHash) * bytes;
    if (effective * most >= maximum * numberOf(hash.subarray(offset, offset + bytes))) chosen.push(candidate);
  }
  return chosen;
}

export function isqrt(n: bigint): bigint {
  let low = 0n;
  let high = n + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle * middle <= n) low = middle;
    else high = middle;
  }
  return low;
}
