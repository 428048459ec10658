import { isAtLeast, type ForkName } from '../../core/chain/fork.ts';
import { totalBalance } from './formulas.ts';
import { penaltyRulesAt, type RewardRules } from './reward-rules.ts';

/** Inactivity, slashings and effective balances by the consensus specs. Amounts in Gwei, penalties as positive numbers. */

/** `is_in_inactivity_leak` as the votes of `voteEpoch` are paid, with the epoch finalized by then. */
export const isInLeak = (rules: RewardRules, voteEpoch: bigint, finalizedEpoch: bigint): boolean =>
  voteEpoch - finalizedEpoch > rules.minEpochsToInactivityPenalty;

export interface InactivityFacts {
  /** Earned the target flag, unslashed. */
  readonly timelyTarget: boolean;
  readonly inLeak: boolean;
}

/** `process_inactivity_updates` of Altair, for one who is eligible. It comes before the penalty of the same epoch. */
export function nextInactivityScore(rules: RewardRules, score: bigint, facts: InactivityFacts): bigint {
  const less = (from: bigint, by: bigint): bigint => (from > by ? from - by : 0n);
  const next = facts.timelyTarget ? less(score, 1n) : score + rules.inactivityScoreBias;
  return facts.inLeak ? next : less(next, rules.inactivityScoreRecoveryRate);
}

/** `get_inactivity_penalty_deltas`, for one who did not earn the target flag. */
export const inactivityPenalty = (
  rules: RewardRules,
  fork: ForkName,
  effectiveGwei: bigint,
  score: bigint,
): bigint =>
  (effectiveGwei * score) /
  (rules.inactivityScoreBias * penaltyRulesAt(rules, fork).inactivityPenaltyQuotient);

/** What being slashed costs at once (`slash_validator`). */
export const initialSlashingPenalty = (rules: RewardRules, fork: ForkName, effectiveGwei: bigint): bigint =>
  effectiveGwei / penaltyRulesAt(rules, fork).minSlashingPenaltyQuotient;

/** What the block that slashes earns, as proposer and whistleblower. */
export const slashingReward = (rules: RewardRules, fork: ForkName, effectiveGwei: bigint): bigint =>
  effectiveGwei / penaltyRulesAt(rules, fork).whistleblowerRewardQuotient;

export interface Correlation {
  readonly effectiveGwei: bigint;
  /** Effective balances slashed within the vector: about 36 days on mainnet. */
  readonly slashedGwei: bigint;
  readonly totalActiveGwei: bigint;
}

/** `process_slashings`: due halfway between slashing and withdrawal, and larger the more were slashed with it. */
export function correlationPenalty(rules: RewardRules, fork: ForkName, at: Correlation): bigint {
  const { incrementGwei } = rules;
  const total = totalBalance(rules, at.totalActiveGwei);
  const multiplied = at.slashedGwei * penaltyRulesAt(rules, fork).proportionalSlashingMultiplier;
  const adjusted = multiplied < total ? multiplied : total;
  const increments = at.effectiveGwei / incrementGwei;
  if (isAtLeast(fork, 'electra')) return (adjusted / (total / incrementGwei)) * increments;
  // Whole increments only: nothing at all until very many are slashed.
  return ((increments * adjusted) / total) * incrementGwei;
}

/** The epoch at whose end the correlation penalty is taken. */
export const correlationEpoch = (rules: RewardRules, withdrawableEpoch: bigint): bigint =>
  withdrawableEpoch - rules.epochsPerSlashingsVector / 2n;

/** `process_effective_balance_updates`: follows the balance in whole increments, with hysteresis. */
export function nextEffectiveBalance(
  rules: RewardRules,
  effectiveGwei: bigint,
  balanceGwei: bigint,
  maxGwei: bigint,
): bigint {
  const step = rules.incrementGwei / rules.hysteresisQuotient;
  const tooLow = balanceGwei + step * rules.hysteresisDownwardMultiplier < effectiveGwei;
  const tooHigh = effectiveGwei + step * rules.hysteresisUpwardMultiplier < balanceGwei;
  if (!tooLow && !tooHigh) return effectiveGwei;
  const rounded = balanceGwei - (balanceGwei % rules.incrementGwei);
  return rounded < maxGwei ? rounded : maxGwei;
}
