import { createHash } from 'node:crypto';
import { toHex } from '../../../core/hex.ts';

/** Levels between the root and a node: a branch has that many hashes. */
export const depthOf = (gindex: bigint): number => gindex.toString(2).length - 1;

/**
 * `is_valid_merkle_branch` of the consensus specs, with the place of the leaf as a generalized index.
 * @param leaf 32 bytes
 * @param branch 32 bytes each, from the sibling of the leaf up
 */
export function isValidMerkleBranch(
  leaf: Uint8Array,
  branch: readonly Uint8Array[],
  gindex: bigint,
  root: Uint8Array,
): boolean {
  if (branch.length !== depthOf(gindex)) return false;
  let node = leaf;
  let at = gindex;
  for (const sibling of branch) {
    node = at % 2n === 0n ? sha256(node, sibling) : sha256(sibling, node);
    at /= 2n;
  }
  return toHex(node) === toHex(root);
}

function sha256(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(left).update(right).digest();
}
