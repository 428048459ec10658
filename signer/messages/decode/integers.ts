import type { UintBigintType, UintNumberType } from '@chainsafe/ssz';
import type { JsonValue } from '../../../core/json/parse-strict-json.ts';
import { parseUint64, UINT64_MAX } from '../../../core/uint64.ts';
import { signerError } from '../../errors.ts';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** As many digits as the largest uint256 has. */
const WIDE_DECIMAL = /^(0|[1-9][0-9]{0,77})$/;

/**
 * An unsigned integer that the SSZ type keeps as a JS number. Above 2^53 a number is no longer exact, and an
 * inexact one would have another root than the message sent; only the far-future value has a stand-in, where
 * the type knows it.
 * @throws BAD_INTEGER, MALFORMED_MESSAGE
 */
export function decodeUintNumber(type: UintNumberType, json: JsonValue, path: string): number {
  const value = parseUint64(json, path);
  if (hasFarFuture(type) && value === UINT64_MAX) return Infinity;
  return Number(atMost(value, smaller(maxOf(type.byteLength), MAX_SAFE), path));
}

/** @throws BAD_INTEGER, MALFORMED_MESSAGE */
export function decodeUintBigint(type: UintBigintType, json: JsonValue, path: string): bigint {
  if (type.byteLength <= 8) return atMost(parseUint64(json, path), maxOf(type.byteLength), path);
  if (typeof json !== 'string' || !WIDE_DECIMAL.test(json)) {
    throw signerError('MALFORMED_MESSAGE', `${path} must be a string of decimal digits`);
  }
  return atMost(BigInt(json), maxOf(type.byteLength), path);
}

/** The type's flag for it is private; its name is not. */
const hasFarFuture = (type: UintNumberType): boolean => type.typeName.endsWith('Inf');
const maxOf = (byteLength: number): bigint => 2n ** BigInt(8 * byteLength) - 1n;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function atMost(value: bigint, max: bigint, path: string): bigint {
  if (value > max) throw signerError('MALFORMED_MESSAGE', `${path} must be at most ${max.toString()}`);
  return value;
}
