import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json/parse-strict-json.ts';
import { signerError } from '../../errors.ts';

/** @throws MALFORMED_MESSAGE naming the path */
export function requireObject(json: JsonValue, path: string): JsonObject {
  if (!isJsonObject(json)) throw signerError('MALFORMED_MESSAGE', `${path} must be an object`);
  return json;
}

/**
 * A member that was really sent: an inherited name such as `constructor` does not count.
 * @throws MALFORMED_MESSAGE naming the path
 */
export function requireMember(object: JsonObject, key: string, path: string): JsonValue {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === undefined) throw signerError('MALFORMED_MESSAGE', `${path}.${key} is missing`);
  return value;
}

/** A member that may be left out; clients that serialise empty fields send it as `null`. */
export function optionalMember(object: JsonObject, key: string): JsonValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}
