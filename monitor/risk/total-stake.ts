import { SYNC_REWARD_WEIGHT, syncRewardDivisor } from './duty-economics.ts';
import type { PenaltyRules } from './penalty-rules.ts';

/** Total stake that is only known to lie between two bounds, both included. Gwei, whole increments. */
export interface StakeBounds {
  readonly lowGwei: bigint;
  readonly highGwei: bigint;
  /** In the middle. */
  readonly estimateGwei: bigint;
}

/**
 * The total active stake from what one position of the sync committee earned for a block. The reward is
 * floor(base × increments × 2 ÷ divisor), and the base itself a floor that falls as the stake grows, so a reward fits a
 * few separate ranges of stake: one for each base that is possible. Their outer bounds are given: on
 * mainnet at most 0.4% to either side.
 * @returns null when no stake pays this reward
 */
export function stakeOfSyncReward(rules: PenaltyRules, rewardGwei: bigint): StakeBounds | null {
  if (rewardGwei <= 0n) return null;
  const { incrementGwei } = rules;
  const numerator = incrementGwei * rules.baseRewardFactor;
  const divisor = syncRewardDivisor(rules);

  /** Increments that pay the reward at a base, whether they have this base or not. */
  const paying = (base: bigint): Range => {
    const each = SYNC_REWARD_WEIGHT * base;
    return {
      low: ceiling(rewardGwei * divisor, each),
      high: ceiling((rewardGwei + 1n) * divisor, each) - 1n,
    };
  };
  /** Increments whose base it is, whether they pay the reward or not. */
  const having = (base: bigint): Range => {
    const [lowRoot, highRoot] = [numerator / (base + 1n) + 1n, numerator / base];
    return {
      low: ceiling(lowRoot * lowRoot, incrementGwei),
      high: ((highRoot + 1n) * (highRoot + 1n) - 1n) / incrementGwei,
    };
  };
  // Where both would meet if nothing were floored. From there the second range falls faster than the first as the base
  // grows, so that on each side they part for good once they are apart.
  const meeting = (SYNC_REWARD_WEIGHT * numerator * numerator) / (incrementGwei * rewardGwei * divisor);
  const start = meeting === 0n ? 1n : meeting;
  const found: Range[] = [];
  const look = (base: bigint): void => {
    const [pays, has] = [paying(base), having(base)];
    const low = largest(pays.low, has.low);
    const high = least(pays.high, has.high);
    if (low <= high) found.push({ low, high });
  };
  // Judged without flooring: a range without a whole increment is no end.
  const tooLarge = (base: bigint): boolean => {
    const root = numerator / base + 1n;
    return root * root * SYNC_REWARD_WEIGHT * base <= rewardGwei * divisor * incrementGwei;
  };
  const tooSmall = (base: bigint): boolean => {
    const root = numerator / (base + 1n) + 1n;
    return root * root * SYNC_REWARD_WEIGHT * base >= (rewardGwei + 1n) * divisor * incrementGwei;
  };
  for (let base = start; base <= numerator && !tooLarge(base); base += 1n) look(base);
  for (let base = start - 1n; base > 0n && !tooSmall(base); base -= 1n) look(base);
  const [first] = found;
  if (first === undefined) return null;
  const low = found.reduce((lowest, range) => least(lowest, range.low), first.low);
  const high = found.reduce((highest, range) => largest(highest, range.high), first.high);
  return {
    lowGwei: low * incrementGwei,
    highGwei: high * incrementGwei,
    estimateGwei: ((low + high) / 2n) * incrementGwei,
  };
}

interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

const ceiling = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b);
