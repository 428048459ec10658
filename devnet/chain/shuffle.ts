import { createHash } from 'node:crypto';

export const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  // Not the Buffer itself: its `slice` would share what a state must own.
  return new Uint8Array(hash.digest());
};

/** Little-endian, as the specs' `uint_to_bytes`. */
export function littleEndian(value: number, length: 1 | 4 | 8): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes.subarray(0, length);
}

/**
 * `compute_shuffled_index` of the specs for every index at once: entry i is where index i goes. The hashes of a
 * round are made once for the whole list instead of once per index.
 */
export function shuffledIndices(count: number, seed: Uint8Array, rounds: number): Uint32Array {
  const result = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) result[index] = index;
  if (count <= 1) return result;
  for (let round = 0; round < rounds; round += 1) {
    const roundByte = littleEndian(round, 1);
    const pivotHash = sha256(seed, roundByte);
    const pivot = Number(
      new DataView(pivotHash.buffer, pivotHash.byteOffset).getBigUint64(0, true) % BigInt(count),
    );
    const sources = roundSources(count, seed, roundByte);
    for (let index = 0; index < count; index += 1) {
      const current = result[index] ?? 0;
      const flip = (pivot + count - current) % count;
      const position = Math.max(current, flip);
      const byte = sources[position >>> 8]?.[(position & 255) >>> 3] ?? 0;
      if ((byte >>> (position & 7)) & 1) result[index] = flip;
    }
  }
  return result;
}

function roundSources(count: number, seed: Uint8Array, roundByte: Uint8Array): Uint8Array[] {
  const blocks = Math.ceil(count / 256);
  return Array.from({ length: blocks }, (_, block) => sha256(seed, roundByte, littleEndian(block, 4)));
}
