import { isAtLeast } from '../../core/chain/fork.ts';
import type { PenaltyRules } from './penalty-rules.ts';

/** Epochs after the slashing, with an exit queue that was empty before. First and last of those slashed together. */
export interface SlashingTimeline {
  readonly firstExit: bigint;
  readonly lastExit: bigint;
  readonly firstCorrelation: bigint;
  readonly lastCorrelation: bigint;
  readonly firstWithdrawable: bigint;
  readonly lastWithdrawable: bigint;
}

/** @param slashed all that leave through the same queue, ours or not */
export function slashingTimeline(
  rules: PenaltyRules,
  slashed: { readonly count: bigint; readonly gwei: bigint },
  totalStakeGwei: bigint,
): SlashingTimeline {
  const firstExit = 1n + rules.maxSeedLookahead;
  const lastExit = firstExit + exitEpochs(rules, slashed, totalStakeGwei) - 1n;
  const half = rules.slashingsVectorEpochs / 2n;
  const withdrawable = (exit: bigint): bigint => {
    const byQueue = exit + rules.withdrawabilityDelayEpochs;
    return byQueue > rules.slashingsVectorEpochs ? byQueue : rules.slashingsVectorEpochs;
  };
  const [firstWithdrawable, lastWithdrawable] = [withdrawable(firstExit), withdrawable(lastExit)];
  return {
    firstExit,
    lastExit,
    firstCorrelation: firstWithdrawable - half,
    lastCorrelation: lastWithdrawable - half,
    firstWithdrawable,
    lastWithdrawable,
  };
}

/** How many epochs the queue takes for them all; at least one. */
function exitEpochs(
  rules: PenaltyRules,
  { count, gwei }: { readonly count: bigint; readonly gwei: bigint },
  totalStakeGwei: bigint,
): bigint {
  if (isAtLeast(rules.fork, 'electra')) {
    const byStake = largest(totalStakeGwei / rules.churnLimitQuotient, rules.minChurnGwei);
    const whole = byStake - (byStake % rules.incrementGwei);
    const churn = whole < rules.maxExitChurnGwei ? whole : rules.maxExitChurnGwei;
    return largest(1n, ceiling(gwei, churn));
  }
  const validators = totalStakeGwei / rules.maxEffectiveBalanceGwei;
  const churn = largest(validators / rules.churnLimitQuotient, rules.minChurnValidators);
  return largest(1n, ceiling(count, churn));
}

const ceiling = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;
const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b);
