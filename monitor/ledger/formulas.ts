import type { RewardRules } from './reward-rules.ts';

/**
 * Rewards for votes and sync committees by the integer formulas of the consensus specs since Altair
 * (`specs/altair/beacon-chain.md`). All amounts in Gwei; every division rounds down, as there.
 */

/** Participation flags in the order in which an epoch's transition pays them; weights are out of 64. */
export const FLAGS = [
  { name: 'source', weight: 14n, penalized: true },
  { name: 'target', weight: 26n, penalized: true },
  { name: 'head', weight: 14n, penalized: false },
] as const;
export type Flag = (typeof FLAGS)[number];
export type FlagName = Flag['name'];

export const WEIGHT_DENOMINATOR = 64n;
const SYNC_REWARD_WEIGHT = 2n;
const PROPOSER_WEIGHT = 8n;

/** The floor of the square root (`integer_squareroot`). @throws RangeError for a negative number */
export function integerSquareRoot(value: bigint): bigint {
  if (value < 0n) throw new RangeError('a negative number has no square root');
  if (value < 2n) return value;
  // Above the root, where Newton's method falls until it is there.
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** A total of effective balances as the specs count it: never less than one increment, so that it can divide. */
export const totalBalance = ({ incrementGwei }: RewardRules, sumGwei: bigint): bigint =>
  sumGwei < incrementGwei ? incrementGwei : sumGwei;

/** `get_base_reward_per_increment`. */
export const baseRewardPerIncrement = (rules: RewardRules, totalActiveGwei: bigint): bigint =>
  (rules.incrementGwei * rules.baseRewardFactor) / integerSquareRoot(totalBalance(rules, totalActiveGwei));

/** `get_base_reward`. */
export const baseReward = (rules: RewardRules, effectiveGwei: bigint, perIncrement: bigint): bigint =>
  (effectiveGwei / rules.incrementGwei) * perIncrement;

export interface FlagStanding {
  readonly baseRewardGwei: bigint;
  /** Effective balance of the unslashed who earned the flag, and of all who are active, in increments. */
  readonly participatingIncrements: bigint;
  readonly activeIncrements: bigint;
  readonly inLeak: boolean;
}

/** What a flag that was earned pays: nothing in a leak (`get_flag_index_deltas`). */
export function flagReward({ weight }: Pick<Flag, 'weight'>, standing: FlagStanding): bigint {
  if (standing.inLeak) return 0n;
  const { baseRewardGwei, participatingIncrements, activeIncrements } = standing;
  return (baseRewardGwei * weight * participatingIncrements) / (activeIncrements * WEIGHT_DENOMINATOR);
}

/** What a flag that was not earned costs; never negative. A head that was missed costs no more than its reward. */
export const flagPenalty = ({ weight, penalized }: Flag, baseRewardGwei: bigint): bigint =>
  penalized ? (baseRewardGwei * weight) / WEIGHT_DENOMINATOR : 0n;

/** Of one position of the sync committee in one block (`process_sync_aggregate`); a clear bit costs the same. */
export function syncParticipantReward(rules: RewardRules, totalActiveGwei: bigint): bigint {
  const increments = totalBalance(rules, totalActiveGwei) / rules.incrementGwei;
  const perSlot =
    (baseRewardPerIncrement(rules, totalActiveGwei) * increments * SYNC_REWARD_WEIGHT) /
    WEIGHT_DENOMINATOR /
    rules.slotsPerEpoch;
  return perSlot / rules.syncCommitteeSize;
}

/** Of the proposer for each bit that is set. */
export const syncProposerReward = (participantGwei: bigint): bigint =>
  (participantGwei * PROPOSER_WEIGHT) / (WEIGHT_DENOMINATOR - PROPOSER_WEIGHT);

/**
 * Of the proposer for one attestation.
 * @param weightedGwei sum of base reward times weight over all flags that it set first
 */
export const attestationProposerReward = (weightedGwei: bigint): bigint =>
  weightedGwei / (((WEIGHT_DENOMINATOR - PROPOSER_WEIGHT) * WEIGHT_DENOMINATOR) / PROPOSER_WEIGHT);

/**
 * The most that the base reward per increment can be when a sync committee position pays so much. The total stake `T`
 * enters the one as `1/√T` and the other as `√T`, so one bounds the other without anybody's balance being known.
 * @param participantGwei above zero
 */
export function mostBaseRewardPerIncrement(rules: RewardRules, participantGwei: bigint): bigint {
  const { baseRewardFactor, incrementGwei, slotsPerEpoch, syncCommitteeSize } = rules;
  const divisor = (WEIGHT_DENOMINATOR / SYNC_REWARD_WEIGHT) * slotsPerEpoch * syncCommitteeSize;
  const most = (baseRewardFactor ** 2n * incrementGwei) / (participantGwei * divisor);
  // The floor of the root makes it larger by less than one part in its own size; a hundredth is far above that.
  return most + most / 100n + 1n;
}
