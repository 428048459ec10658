import { isAtLeast } from '../../core/chain/fork.ts';
import type { PenaltyRules } from './penalty-rules.ts';

/** Taken in the block that has the proof (`slash_validator`). */
export const initialPenaltyGwei = (rules: PenaltyRules, effectiveBalanceGwei: bigint): bigint =>
  effectiveBalanceGwei / rules.initialPenaltyQuotient;

/**
 * Taken halfway to withdrawability, by everything that was slashed around it (`process_slashings`). Up to Deneb it is cut
 * to whole increments, so that it is nothing until a good part of the network is slashed; Electra divides first.
 * @param slashedGwei effective balances slashed within the vector, this one among them
 */
export function correlationPenaltyGwei(
  rules: PenaltyRules,
  totals: { readonly totalStakeGwei: bigint; readonly slashedGwei: bigint },
  effectiveBalanceGwei: bigint,
): bigint {
  const { totalStakeGwei, slashedGwei } = totals;
  const weighted = slashedGwei * rules.correlationMultiplier;
  const adjusted = weighted < totalStakeGwei ? weighted : totalStakeGwei;
  const increments = effectiveBalanceGwei / rules.incrementGwei;
  if (isAtLeast(rules.fork, 'electra'))
    return (adjusted / (totalStakeGwei / rules.incrementGwei)) * increments;
  return ((increments * adjusted) / totalStakeGwei) * rules.incrementGwei;
}
