import type { AttestationMessage } from '../message.ts';
import type { AttestationWatermark } from '../watermark.ts';

/**
 * The surround rule, second half of `is_slashable_attestation_data`:
 * vote A surrounds vote B when A.source < B.source and B.target < A.target.
 *
 * The watermark holds the highest source and the highest target ever signed. For a vote whose target is above
 * the highest target, "surrounds nothing signed before" is the same as "source is not below the highest source":
 * if it is below, the vote that set the highest source is surrounded; if it is not, no signed vote has a later one.
 */
export function couldSurround(watermark: AttestationWatermark, vote: AttestationMessage): boolean {
  return vote.source < watermark.source;
}

/**
 * A vote with a target above every signed target cannot be surrounded by any of them. At or below it nothing is
 * known any more, and a vote that may be surrounded is as slashable as one that surrounds.
 */
export function couldBeSurrounded(watermark: AttestationWatermark, vote: AttestationMessage): boolean {
  return vote.target <= watermark.target;
}
