import { integerSquareRoot } from '../ledger/formulas.ts';
import type { PenaltyRules } from './penalty-rules.ts';

/**
 * What duties pay and what missing them costs since Altair, for a network that takes part in full: the most there is to
 * earn, so the most there is to lose. All integer division, as in the specs.
 */
const WEIGHT_DENOMINATOR = 64n;
const SOURCE_WEIGHT = 14n;
const TARGET_WEIGHT = 26n;
const HEAD_WEIGHT = 14n;
const SYNC_WEIGHT = 2n;
const PROPOSER_WEIGHT = 8n;

/** Of one vote at one effective balance; Gwei. */
export interface VoteEconomics {
  readonly sourceGwei: bigint;
  readonly targetGwei: bigint;
  readonly headGwei: bigint;
  readonly rewardGwei: bigint;
  /** For not voting: source and target; a head that is missing costs its reward only. */
  readonly penaltyGwei: bigint;
  /** What an average validator earns an epoch as proposer and in sync committees. */
  readonly otherGwei: bigint;
}

/** `get_base_reward_per_increment`. */
export const baseRewardPerIncrement = (rules: PenaltyRules, totalStakeGwei: bigint): bigint =>
  (rules.incrementGwei * rules.baseRewardFactor) / integerSquareRoot(totalStakeGwei);

export function voteEconomics(
  rules: PenaltyRules,
  totalStakeGwei: bigint,
  effectiveBalanceGwei: bigint,
): VoteEconomics {
  return voteEconomicsAt(rules, baseRewardPerIncrement(rules, totalStakeGwei), effectiveBalanceGwei);
}

/** The same where the base reward is known: simulations ask thousands of times. */
export function voteEconomicsAt(
  rules: PenaltyRules,
  perIncrement: bigint,
  effectiveBalanceGwei: bigint,
): VoteEconomics {
  const base = (effectiveBalanceGwei / rules.incrementGwei) * perIncrement;
  const part = (weight: bigint): bigint => (base * weight) / WEIGHT_DENOMINATOR;
  const [sourceGwei, targetGwei, headGwei] = [part(SOURCE_WEIGHT), part(TARGET_WEIGHT), part(HEAD_WEIGHT)];
  return {
    sourceGwei,
    targetGwei,
    headGwei,
    rewardGwei: sourceGwei + targetGwei + headGwei,
    penaltyGwei: sourceGwei + targetGwei,
    otherGwei: part(PROPOSER_WEIGHT + SYNC_WEIGHT),
  };
}

/** `participant_reward`: of one position of the sync committee for one block. */
export function syncRewardGwei(rules: PenaltyRules, totalStakeGwei: bigint): bigint {
  const increments = totalStakeGwei / rules.incrementGwei;
  return (
    (baseRewardPerIncrement(rules, totalStakeGwei) * increments * SYNC_WEIGHT) / syncRewardDivisor(rules)
  );
}

/** The specs divide three times and floor each time, which is one division by the product. */
export const syncRewardDivisor = (rules: PenaltyRules): bigint =>
  WEIGHT_DENOMINATOR * rules.slotsPerEpoch * rules.syncCommitteeSize;

export const SYNC_REWARD_WEIGHT = SYNC_WEIGHT;
