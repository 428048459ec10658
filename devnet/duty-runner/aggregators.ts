import { createHash } from 'node:crypto';
import { fromHex } from '../../core/hex.ts';

const TARGET_AGGREGATORS = 16;

/** `is_aggregator` of the specs: about sixteen of a group are chosen by their own selection proofs. */
export function isAggregator(groupSize: number, selectionProof: string): boolean {
  const modulo = BigInt(Math.max(1, Math.floor(groupSize / TARGET_AGGREGATORS)));
  const hash = createHash('sha256')
    .update(fromHex(selectionProof, 'selection_proof', 96))
    .digest();
  return hash.readBigUInt64LE(0) % modulo === 0n;
}
