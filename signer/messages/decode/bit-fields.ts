import { BitArray } from '@chainsafe/ssz';
import { fromHex } from '../../../core/hex.ts';
import type { JsonValue } from '../../../core/json/parse-strict-json.ts';
import { signerError } from '../../errors.ts';

/**
 * `Bitvector[length]`: exactly its bytes. The bits past the end must be zero, or two different texts would
 * stand for the same message.
 * @throws BAD_HEX, MALFORMED_MESSAGE
 */
export function decodeBitVector(lengthBits: number, json: JsonValue, path: string): BitArray {
  const bytes = fromHex(json, path, Math.ceil(lengthBits / 8));
  const used = lengthBits % 8;
  if (used !== 0 && (bytes.at(-1) ?? 0) >> used !== 0) {
    throw signerError('MALFORMED_MESSAGE', `${path} has bits beyond its ${lengthBits}`);
  }
  return new BitArray(bytes, lengthBits);
}

/**
 * `Bitlist[limit]`: the highest bit set is the delimiter and tells the length.
 * @throws BAD_HEX, MALFORMED_MESSAGE
 */
export function decodeBitList(limitBits: number, json: JsonValue, path: string): BitArray {
  const bytes = fromHex(json, path);
  const last = bytes.at(-1) ?? 0;
  if (last === 0) throw signerError('MALFORMED_MESSAGE', `${path} has no delimiter bit`);
  const delimiter = 31 - Math.clz32(last);
  const bitLength = (bytes.length - 1) * 8 + delimiter;
  if (bitLength > limitBits) {
    throw signerError('MALFORMED_MESSAGE', `${path} has ${bitLength} bits, at most ${limitBits} are allowed`);
  }
  bytes[bytes.length - 1] = last ^ (1 << delimiter);
  return new BitArray(bytes.subarray(0, Math.ceil(bitLength / 8)), bitLength);
}
