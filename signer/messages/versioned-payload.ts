import { FORK_NAMES, isAtLeast, type ForkName } from '../../core/chain/fork.ts';
import type { JsonObject, JsonValue } from '../../core/json/parse-strict-json.ts';
import { signerError } from '../errors.ts';
import { requireMember, requireObject } from './decode/members.ts';

/**
 * `version` of a payload: a fork name in upper case, exactly.
 * @throws MALFORMED_MESSAGE
 */
export function readVersion(payload: JsonObject, path: string): ForkName {
  const version = requireMember(payload, 'version', path);
  const fork = FORK_NAMES.find((name) => name.toUpperCase() === version);
  if (fork === undefined) {
    throw signerError('MALFORMED_MESSAGE', `${path}.version must be a fork name in upper case`);
  }
  return fork;
}

/**
 * `data` of a `{version, data}` payload. What it is decoded as follows from its slot and our fork schedule, as
 * the domain does; the version is only held to be one that has such a payload.
 * @throws MALFORMED_MESSAGE
 */
export function readVersionedData(payload: JsonValue, path: string, oldest: ForkName): JsonObject {
  const object = requireObject(payload, path);
  if (!isAtLeast(readVersion(object, path), oldest)) {
    throw signerError('MALFORMED_MESSAGE', `${path}.version must be ${oldest.toUpperCase()} or later`);
  }
  return requireObject(requireMember(object, 'data', path), `${path}.data`);
}
