import type { AttestationMessage } from '../message.ts';
import type { AttestationWatermark } from '../watermark.ts';
import { isSameKnownRoot } from './known-root.ts';

/** The very vote that was recorded last. Compared in all three parts although the root already binds them. */
export function isSameVote(watermark: AttestationWatermark, vote: AttestationMessage): boolean {
  return (
    vote.source === watermark.source &&
    vote.target === watermark.target &&
    isSameKnownRoot(vote.signingRoot, watermark.signingRoot)
  );
}
