import { BitArray } from '@chainsafe/ssz';

/** The positions set in either; both are of the same committee. */
export function union(first: BitArray, second: BitArray): BitArray {
  const result = first.clone();
  result.mergeOrWith(second);
  return result;
}

export const isDisjoint = (first: BitArray, second: BitArray): boolean =>
  first.uint8Array.every((byte, at) => (byte & (second.uint8Array[at] ?? 0)) === 0);

export const countOf = (bits: BitArray): number => bits.getTrueBitIndexes().length;

/** The bits of several committees, one after the other. */
export function concatenated(parts: readonly BitArray[]): BitArray {
  const bools = parts.flatMap((part) => part.toBoolArray());
  return BitArray.fromBoolArray(bools);
}
