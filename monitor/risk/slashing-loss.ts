import { voteEconomics } from './duty-economics.ts';
import { addedUp, upTo, type Loss } from './loss.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { riskError } from './risk-errors.ts';
import { correlationPenaltyGwei, initialPenaltyGwei } from './slashing-penalties.ts';
import { slashingTimeline, type SlashingTimeline } from './slashing-timeline.ts';
import { countOf, stakeOf, type StakeGroup } from './stake-groups.ts';

export interface SlashingLoss {
  /** All of ours together. */
  readonly total: Loss;
  /** Of one validator of each group, in the order given. */
  readonly each: readonly Loss[];
  readonly timeline: SlashingTimeline;
  /** Ours and others. */
  readonly slashedGwei: bigint;
}

/**
 * What slashing costs. Nothing is counted too low: effective balances stay what they were, everybody waits as long as
 * the last one in the exit queue, and the total stake does not grow.
 * @param othersGwei effective balances of others that are slashed within the same 8,192 epochs
 * @throws RISK_INPUT_INVALID when more would be slashed of ours than there is
 */
export function slashingLoss(
  rules: PenaltyRules,
  ours: readonly StakeGroup[],
  network: { readonly totalStakeGwei: bigint; readonly othersGwei: bigint },
): SlashingLoss {
  const { totalStakeGwei, othersGwei } = network;
  const ownGwei = stakeOf(ours);
  if (ownGwei > totalStakeGwei)
    throw riskError('RISK_INPUT_INVALID', 'the validators have more at stake than the whole network');
  const sum = ownGwei + othersGwei;
  const slashedGwei = sum < totalStakeGwei ? sum : totalStakeGwei;
  // Others are taken for validators of 32 ETH where only the number counts, which is up to Deneb.
  const count = countOf(ours) + (slashedGwei - ownGwei) / (32n * rules.incrementGwei);
  const timeline = slashingTimeline(rules, { count, gwei: slashedGwei }, totalStakeGwei);
  const each = ours.map((group) =>
    lossOfOne(rules, group, { totalStakeGwei, slashedGwei, waitEpochs: timeline.lastWithdrawable }),
  );
  const total = addedUp(each.map((loss, at) => ({ loss, count: ours[at]?.count ?? 0n })));
  return { total, each, timeline, slashedGwei };
}

function lossOfOne(
  rules: PenaltyRules,
  { effectiveBalanceGwei, balanceGwei }: StakeGroup,
  at: { readonly totalStakeGwei: bigint; readonly slashedGwei: bigint; readonly waitEpochs: bigint },
): Loss {
  const vote = voteEconomics(rules, at.totalStakeGwei, effectiveBalanceGwei);
  const [initialGwei = 0n, correlationGwei = 0n, missedGwei = 0n] = upTo(balanceGwei, [
    initialPenaltyGwei(rules, effectiveBalanceGwei),
    correlationPenaltyGwei(rules, at, effectiveBalanceGwei),
    vote.penaltyGwei * at.waitEpochs,
  ]);
  return {
    initialGwei,
    correlationGwei,
    missedGwei,
    inactivityGwei: 0n,
    takenGwei: initialGwei + correlationGwei + missedGwei,
    lostVotesGwei: vote.rewardGwei * at.waitEpochs,
    lostOtherGwei: vote.otherGwei * at.waitEpochs,
  };
}
