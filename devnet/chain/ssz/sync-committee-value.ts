import { aggregatePublicKeys, PublicKey } from '@chainsafe/blst';
import type { altair } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import type { Validator } from '../state.ts';

/** `G1_POINT_AT_INFINITY`. */
const INFINITY_PUBKEY = fromHex(`0xc0${'00'.repeat(47)}`, 'pubkey', 48);

/** Five hundred points to add up, for a list that serves as the next committee and then as the current one. */
const remembered = new WeakMap<readonly number[], altair.SyncCommittee>();

/** `SyncCommittee` of the specs: the members' keys, and their sum. */
export function syncCommitteeValue(
  validators: readonly Validator[],
  members: readonly number[],
): altair.SyncCommittee {
  const known = remembered.get(members);
  if (known !== undefined) return known;
  const keys = members.map((index) => validators[index]?.pubkey ?? '');
  const made = {
    pubkeys: keys.map((key) => fromHex(key, 'pubkey', 48)),
    aggregatePubkey: sumOf(keys),
  };
  remembered.set(members, made);
  return made;
}

/** Keys that are made up, of a chain without signatures, are no points and have no sum. */
function sumOf(keys: readonly string[]): Uint8Array {
  try {
    return aggregatePublicKeys(keys.map((key) => PublicKey.fromHex(key))).toBytes();
  } catch {
    return INFINITY_PUBKEY;
  }
}
