import type { BlockMessage } from '../message.ts';
import type { BlockWatermark } from '../watermark.ts';
import { isSameKnownRoot } from './known-root.ts';

/** Two different blocks for one slot: `process_proposer_slashing`. Only provable when the signed root is known. */
export function isDoubleProposal(watermark: BlockWatermark, block: BlockMessage): boolean {
  return (
    block.slot === watermark.slot &&
    watermark.signingRoot !== null &&
    !isSameKnownRoot(block.signingRoot, watermark.signingRoot)
  );
}
