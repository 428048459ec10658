import type { CompositeType } from '@chainsafe/ssz';
import type { JsonValue } from '../../../core/json/parse-strict-json.ts';
import { decodeSsz } from './decode-ssz.ts';

/** A decoded value and its `hash_tree_root`. */
export interface Decoded<V> {
  readonly value: V;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Decodes and hashes in one step, so that no caller hashes with another type than it decoded with.
 * @throws as {@link decodeSsz}
 */
export function decodeAndHash<V>(
  type: CompositeType<V, unknown, unknown>,
  json: JsonValue,
  path: string,
): Decoded<V> {
  const value = decodeSsz(type, json, path);
  return { value, root: type.hashTreeRoot(value) };
}
