import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';

/**
 * A second, independent implementation of SSZ merkleization, written from the SSZ specification (and EIP-7916
 * and EIP-7495 for the progressive kinds), to hold the signer's roots against. It works on the JSON of the wire,
 * so that it shares no decoding either. Slow and simple on purpose.
 */
export type Json = string | boolean | Json[] | { [key: string]: Json };

export interface Layout {
  /** `hash_tree_root` of a value in its JSON form. */
  root(json: Json): Uint8Array;
  /** Random valid values. */
  readonly any: fc.Arbitrary<Json>;
  /** Serialization of a basic value, for packing; absent for composite ones. */
  readonly pack?: (json: Json) => Uint8Array;
}

const CHUNK = 32;
const ZERO = new Uint8Array(CHUNK);

export function hash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Uint8Array.from([...left, ...right]));
}

export const hexOf = (bytes: Uint8Array): string =>
  `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

export function bytesOfHex(hex: Json): Uint8Array {
  return Uint8Array.from(((hex as string).slice(2).match(/../g) ?? []).map((pair) => Number(`0x${pair}`)));
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const chunk = new Uint8Array(CHUNK);
    chunk.set(bytes.subarray(at, at + CHUNK));
    chunks.push(chunk);
  }
  return chunks;
}

/** `merkleize(chunks, limit)`: as if padded with zero chunks to the next power of two of the limit. */
function merkleize(chunks: Uint8Array[], limit: number): Uint8Array {
  let layer = chunks;
  let zero: Uint8Array = ZERO;
  for (let width = 1; width < limit; width *= 2) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < layer.length; i += 2) next.push(hash(layer[i]!, layer[i + 1] ?? zero));
    layer = next;
    zero = hash(zero, zero);
  }
  return layer[0] ?? zero;
}

/** EIP-7916: subtrees of 1, 4, 16, ... chunks, each beside all that follow it. */
function merkleizeProgressive(chunks: Uint8Array[], width = 1): Uint8Array {
  if (chunks.length === 0) return ZERO;
  return hash(merkleize(chunks.slice(0, width), width), merkleizeProgressive(chunks.slice(width), width * 4));
}

function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

const mixIn = (root: Uint8Array, length: number): Uint8Array =>
  hash(root, littleEndian(BigInt(length), CHUNK));

const anyHex = (min: number, max: number): fc.Arbitrary<Json> =>
  fc.uint8Array({ minLength: min, maxLength: max }).map(hexOf);

/** @param max largest value to try, where the signer does not take the whole range */
export function uint(byteLength: number, max = 2n ** BigInt(8 * byteLength) - 1n): Layout {
  const pack = (json: Json) => littleEndian(BigInt(json as string), byteLength);
  return {
    pack,
    root: (json) => chunksOf(pack(json))[0]!,
    any: fc
      .oneof(fc.bigInt(0n, max), fc.constantFrom(0n, 1n, max), fc.bigInt(0n, 1000n))
      .map((value) => value.toString()),
  };
}

/** uint64 of which the signer takes no more than a JS number holds exactly. */
export const uint53 = uint(8, 2n ** 53n - 1n);
export const uint64 = uint(8);

export const boolean: Layout = {
  root: (json) => littleEndian(json === true ? 1n : 0n, CHUNK),
  any: fc.boolean(),
};

/** `Vector[byte, length]` */
export function bytes(length: number): Layout {
  return {
    root: (json) => merkleize(chunksOf(bytesOfHex(json)), Math.ceil(length / CHUNK)),
    any: anyHex(length, length),
  };
}

/** `List[byte, limit]` */
export function byteList(limit: number, tryUpTo = limit): Layout {
  return {
    root: (json) => {
      const value = bytesOfHex(json);
      return mixIn(merkleize(chunksOf(value), Math.ceil(limit / CHUNK)), value.length);
    },
    any: anyHex(0, Math.min(limit, tryUpTo)),
  };
}

export function progressiveByteList(tryUpTo: number): Layout {
  return {
    root: (json) => {
      const value = bytesOfHex(json);
      return mixIn(merkleizeProgressive(chunksOf(value)), value.length);
    },
    any: anyHex(0, tryUpTo),
  };
}

function packBits(bits: boolean[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => (packed[i >> 3]! |= bit ? 1 << (i & 7) : 0));
  return packed;
}

function unpackBits(packed: Uint8Array): boolean[] {
  return Array.from({ length: packed.length * 8 }, (_, i) => ((packed[i >> 3]! >> (i & 7)) & 1) === 1);
}

const anyBits = (min: number, max: number) => fc.array(fc.boolean(), { minLength: min, maxLength: max });

export function bitvector(length: number): Layout {
  return {
    root: (json) => merkleize(chunksOf(bytesOfHex(json)), Math.ceil(length / 256)),
    any: anyBits(length, length).map((bits) => hexOf(packBits(bits))),
  };
}

function bitlistOf(merkle: (chunks: Uint8Array[]) => Uint8Array, tryUpTo: number): Layout {
  return {
    root: (json) => {
      const all = unpackBits(bytesOfHex(json));
      const bits = all.slice(0, all.lastIndexOf(true));
      return mixIn(merkle(chunksOf(packBits(bits))), bits.length);
    },
    any: anyBits(0, tryUpTo).map((bits) => hexOf(packBits([...bits, true]))),
  };
}

export const bitlist = (limit: number, tryUpTo: number): Layout =>
  bitlistOf((chunks) => merkleize(chunks, Math.ceil(limit / 256)), tryUpTo);

export const progressiveBitlist = (tryUpTo: number): Layout =>
  bitlistOf((chunks) => merkleizeProgressive(chunks), tryUpTo);

function elementChunks(of: Layout, json: Json): Uint8Array[] {
  const elements = json as Json[];
  const { pack } = of;
  if (pack === undefined) return elements.map((element) => of.root(element));
  return chunksOf(Uint8Array.from(elements.flatMap((element) => [...pack(element)])));
}

/** A vector of composite elements. */
export function vector(of: Layout, length: number): Layout {
  return {
    root: (json) => merkleize(elementChunks(of, json), length),
    any: fc.array(of.any, { minLength: length, maxLength: length }),
  };
}

/** @param limit in elements; a basic element must be a uint64 */
export function list(of: Layout, limit: number, tryUpTo: number): Layout {
  const chunkLimit = of.pack === undefined ? limit : Math.ceil((limit * 8) / CHUNK);
  return {
    root: (json) => mixIn(merkleize(elementChunks(of, json), chunkLimit), (json as Json[]).length),
    any: fc.array(of.any, { maxLength: Math.min(limit, tryUpTo) }),
  };
}

export function progressiveList(of: Layout, tryUpTo: number): Layout {
  return {
    root: (json) => mixIn(merkleizeProgressive(elementChunks(of, json)), (json as Json[]).length),
    any: fc.array(of.any, { maxLength: tryUpTo }),
  };
}

type Fields = Record<string, Layout>;

const fieldRoots = (fields: Fields, json: Json): Uint8Array[] =>
  Object.entries(fields).map(([key, layout]) => layout.root((json as Record<string, Json>)[key]!));

const anyFields = (fields: Fields): fc.Arbitrary<Json> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([key, layout]) => [key, layout.any])), {
    noNullPrototype: true,
  });

export function container(fields: Fields): Layout {
  return {
    root: (json) => merkleize(fieldRoots(fields, json), Object.keys(fields).length),
    any: anyFields(fields),
  };
}

/** EIP-7495 with all fields active. */
export function progressiveContainer(fields: Fields): Layout {
  const active = chunksOf(packBits(Object.keys(fields).map(() => true)))[0]!;
  return {
    root: (json) => hash(merkleizeProgressive(fieldRoots(fields, json)), active),
    any: anyFields(fields),
  };
}

/** `compute_signing_root(root, compute_domain(domainType, version, genesisValidatorsRoot))`; all hex. */
export function signingRootOf(
  objectRoot: Uint8Array,
  domainType: string,
  version: string,
  genesisValidatorsRoot: string,
): string {
  const forkDataRoot = hash(chunksOf(bytesOfHex(version))[0]!, bytesOfHex(genesisValidatorsRoot));
  return hexOf(hash(objectRoot, Uint8Array.from([...bytesOfHex(domainType), ...forkDataRoot.slice(0, 28)])));
}
