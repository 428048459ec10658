import type { AttestationMessage } from '../message.ts';
import type { AttestationWatermark } from '../watermark.ts';
import { isSameVote } from './same-vote.ts';

/** Two different votes with one target epoch: the first half of `is_slashable_attestation_data`. */
export function isDoubleVote(watermark: AttestationWatermark, vote: AttestationMessage): boolean {
  return vote.target === watermark.target && watermark.signingRoot !== null && !isSameVote(watermark, vote);
}
