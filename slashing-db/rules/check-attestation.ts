import type { AttestationMessage } from '../message.ts';
import { refuse } from '../refusals.ts';
import type { AttestationWatermark } from '../watermark.ts';
import { isDoubleVote } from './double-vote.ts';
import { knownRoot } from './known-root.ts';
import { isSameVote } from './same-vote.ts';
import { couldBeSurrounded, couldSurround } from './surround-vote.ts';
import type { Verdict } from './verdict.ts';

/**
 * May this attestation be signed? Pure; the watermark is the highest source and the highest target ever signed or
 * imported. EIP-3076 conditions 3, 4 and 5 in the minimal form. For a client whose targets only grow this refuses
 * exactly what the full history would refuse.
 */
export function checkAttestation(
  watermark: AttestationWatermark | null,
  vote: AttestationMessage,
): Verdict<AttestationWatermark> {
  const next: AttestationWatermark = {
    source: vote.source,
    target: vote.target,
    signingRoot: knownRoot(vote.signingRoot),
  };
  if (vote.source > vote.target) return refuse('SOURCE_AFTER_TARGET', described(vote));
  if (watermark === null) return { kind: 'advance', next };
  if (isSameVote(watermark, vote)) return { kind: 'repeat' };

  if (isDoubleVote(watermark, vote)) return refuse('DOUBLE_VOTE', both(watermark, vote));
  if (couldBeSurrounded(watermark, vote)) return refuse('TARGET_NOT_ABOVE_WATERMARK', both(watermark, vote));
  if (couldSurround(watermark, vote)) return refuse('SURROUND_VOTE', both(watermark, vote));
  return { kind: 'advance', next };
}

// Told of refusals only: these texts would cost every vote that is let out more than the rules do.
const described = ({ source, target }: AttestationMessage): string =>
  `attestation ${source.toString()} -> ${target.toString()}`;

const both = ({ source, target }: AttestationWatermark, vote: AttestationMessage): string =>
  `${described(vote)}, watermark ${source.toString()} -> ${target.toString()}`;
