import { refuse } from '../refusals.ts';
import type { BlockMessage } from '../message.ts';
import type { BlockWatermark } from '../watermark.ts';
import { isDoubleProposal } from './double-proposal.ts';
import { isSameKnownRoot, knownRoot } from './known-root.ts';
import type { Verdict } from './verdict.ts';

/**
 * May this block be signed? Pure; the watermark is the highest block ever signed or imported.
 * EIP-3076 conditions 1 and 2, in the minimal form: only slots above the highest, or the same block again.
 */
export function checkBlock(watermark: BlockWatermark | null, block: BlockMessage): Verdict<BlockWatermark> {
  const next: BlockWatermark = { slot: block.slot, signingRoot: knownRoot(block.signingRoot) };
  if (watermark === null || block.slot > watermark.slot) return { kind: 'advance', next };
  const asked = `block at slot ${block.slot.toString()}, watermark at slot ${watermark.slot.toString()}`;
  if (block.slot === watermark.slot && isSameKnownRoot(block.signingRoot, watermark.signingRoot)) {
    return { kind: 'repeat' };
  }
  if (isDoubleProposal(watermark, block)) return refuse('DOUBLE_PROPOSAL', asked);
  return refuse('BLOCK_NOT_ABOVE_WATERMARK', asked);
}
