import { voteEconomicsAt } from './duty-economics.ts';
import type { PenaltyRules } from './penalty-rules.ts';

export interface OfflineInput {
  readonly effectiveBalanceGwei: bigint;
  readonly balanceGwei: bigint;
  /** `get_base_reward_per_increment`; 0 leaves the penalties for missed votes out. */
  readonly perIncrementGwei: bigint;
  readonly epochs: number;
  /** The first so many of the epochs the chain does not finalize. */
  readonly leakEpochs: number;
}

export interface OfflineLoss {
  readonly missedGwei: bigint;
  readonly inactivityGwei: bigint;
  /** What perfect votes would have earned; nothing in a leak, where nobody earns. */
  readonly lostIncomeGwei: bigint;
  readonly balanceGwei: bigint;
  readonly effectiveBalanceGwei: bigint;
  /** The epoch, from 1, after which the effective balance was so low that the chain puts the validator out. */
  readonly ejectedAfter: number | null;
}

/**
 * A validator that does not vote, epoch by epoch as the chain does it: inactivity score, penalties, then the effective
 * balance, which follows the balance with hysteresis. The inactivity penalty grows with the square of the time, and the
 * falling effective balance slows it, so no closed formula is exact.
 */
export function simulateOffline(rules: PenaltyRules, input: OfflineInput): OfflineLoss {
  let { effectiveBalanceGwei: effective, balanceGwei: balance } = input;
  let [score, missedGwei, inactivityGwei, lostIncomeGwei] = [0n, 0n, 0n, 0n];
  let ejectedAfter: number | null = null;
  const take = (gwei: bigint): bigint => {
    const taken = gwei < balance ? gwei : balance;
    balance -= taken;
    return taken;
  };
  for (let epoch = 1; epoch <= input.epochs; epoch += 1) {
    const leaking = epoch <= input.leakEpochs;
    score += rules.inactivityScoreBias;
    if (!leaking) score -= least(score, rules.inactivityScoreRecoveryRate);
    const { penaltyGwei, rewardGwei } = voteEconomicsAt(rules, input.perIncrementGwei, effective);
    missedGwei += take(penaltyGwei);
    inactivityGwei += take(
      (effective * score) / (rules.inactivityScoreBias * rules.inactivityPenaltyQuotient),
    );
    if (!leaking) lostIncomeGwei += rewardGwei;
    effective = updatedEffectiveBalance(rules, effective, balance);
    if (ejectedAfter === null && effective <= rules.ejectionBalanceGwei) ejectedAfter = epoch;
  }
  return {
    missedGwei,
    inactivityGwei,
    lostIncomeGwei,
    balanceGwei: balance,
    effectiveBalanceGwei: effective,
    ejectedAfter,
  };
}

/** `process_effective_balance_updates`. */
function updatedEffectiveBalance(rules: PenaltyRules, effective: bigint, balance: bigint): bigint {
  const step = rules.incrementGwei / rules.hysteresisQuotient;
  const follows =
    balance + step * rules.hysteresisDownward < effective ||
    effective + step * rules.hysteresisUpward < balance;
  // Who is offline never grows: the ceiling of its credentials is not asked for.
  return follows ? least(balance - (balance % rules.incrementGwei), effective) : effective;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
