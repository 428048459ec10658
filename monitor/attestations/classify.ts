import type { CanonicalView } from '../chain/index.ts';
import type { AttestationResult, AttestationVerdict } from '../model/verdicts.ts';
import { ALL_FLAGS, TARGET } from './timeliness.ts';

/**
 * The one word for a vote that is on chain. A wrong target costs most and is said first; whatever a late vote says of
 * the head earns nothing, so it is late. `wrong_source` is never said: no block may hold such a vote, it is missed.
 * @param flags of all inclusions together
 * @param distance of the first inclusion
 */
export function resultOf(flags: number, distance: number): AttestationResult {
  if (flags === ALL_FLAGS) return 'perfect';
  if ((flags & TARGET) === 0) return 'wrong_target';
  return distance > 1 ? 'late' : 'wrong_head';
}

/** An exact share, from 0 to 1. */
export interface Effectiveness {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * How soon a vote was included, compared with how soon it could have been: slots from the duty to the first block after
 * it, over slots to the block that has it. 0 for a missed vote, null where nothing is known.
 * @throws MONITOR_CHAIN_NOT_COVERED
 */
export function effectivenessOf(
  { result, slot, inclusion }: AttestationVerdict,
  view: CanonicalView,
): Effectiveness | null {
  if (result === 'unknown') return null;
  const earliest = view.firstAfter(slot);
  if (inclusion === null || earliest === null) return { numerator: 0, denominator: 1 };
  return { numerator: Number(earliest.slot - slot), denominator: inclusion.distance };
}
