import {
  BitVectorType,
  BooleanType,
  ByteVectorType,
  UintBigintType,
  UintNumberType,
  type Type,
} from '@chainsafe/ssz';
import { fromHex } from '../../../core/hex.ts';
import type { JsonValue } from '../../../core/json/parse-strict-json.ts';
import { signerError } from '../../errors.ts';
import { decodeBitList, decodeBitVector } from './bit-fields.ts';
import { decodeUintBigint, decodeUintNumber } from './integers.ts';
import { requireMember, requireObject } from './members.ts';
import { fieldsOf, isBitList, isByteList, isList, isVector, type SszField } from './ssz-kinds.ts';

/**
 * The SSZ value of a JSON payload, strictly: the types' own `fromJson` takes JSON numbers that were rounded
 * already, hex of the wrong length and integers of any spelling. Fields that the type does not have are ignored,
 * because clients send them.
 * @param path where `json` stands in the request, for the error message
 * @throws BAD_INTEGER, BAD_HEX, MALFORMED_MESSAGE naming the path
 */
export function decodeSsz<V>(type: Type<V>, json: JsonValue, path: string): V {
  return decode(type, json, path) as V;
}

function decode(type: Type<unknown>, json: JsonValue, path: string): unknown {
  if (type instanceof UintBigintType) return decodeUintBigint(type, json, path);
  if (type instanceof UintNumberType) return decodeUintNumber(type, json, path);
  if (type instanceof ByteVectorType) return fromHex(json, path, type.lengthBytes);
  const fields = fieldsOf(type);
  if (fields !== null) return decodeFields(fields, json, path);
  if (type instanceof BooleanType) return decodeBoolean(json, path);
  if (type instanceof BitVectorType) return decodeBitVector(type.lengthBits, json, path);
  if (isBitList(type)) return decodeBitList(type.limitBits, json, path);
  if (isByteList(type)) return decodeByteList(type.limitBytes, json, path);
  if (isVector(type)) {
    return decodeElements(type.elementType as Type<unknown>, json, path, type.length, type.length);
  }
  if (isList(type)) {
    return decodeElements(type.elementType as Type<unknown>, json, path, 0, type.limit);
  }
  throw new Error(`no strict decoding is known for the SSZ type ${type.typeName}`);
}

function decodeFields(fields: readonly SszField[], json: JsonValue, path: string): Record<string, unknown> {
  const object = requireObject(json, path);
  const value: Record<string, unknown> = {};
  for (const { fieldName, fieldType, jsonKey } of fields) {
    value[fieldName] = decode(fieldType, requireMember(object, jsonKey, path), `${path}.${jsonKey}`);
  }
  return value;
}

function decodeElements(
  elementType: Type<unknown>,
  json: JsonValue,
  path: string,
  min: number,
  max: number,
): unknown[] {
  if (!Array.isArray(json)) throw signerError('MALFORMED_MESSAGE', `${path} must be an array`);
  if (json.length < min || json.length > max) {
    const wanted = min === max ? `exactly ${max}` : `at most ${max}`;
    throw signerError('MALFORMED_MESSAGE', `${path} must have ${wanted} elements, it has ${json.length}`);
  }
  return json.map((element, index) => decode(elementType, element, `${path}[${index}]`));
}

function decodeByteList(limit: number, json: JsonValue, path: string): Uint8Array {
  const bytes = fromHex(json, path);
  if (bytes.length > limit) {
    throw signerError('MALFORMED_MESSAGE', `${path} has ${bytes.length} bytes, at most ${limit} are allowed`);
  }
  return bytes;
}

function decodeBoolean(json: JsonValue, path: string): boolean {
  if (typeof json !== 'boolean') throw signerError('MALFORMED_MESSAGE', `${path} must be true or false`);
  return json;
}
