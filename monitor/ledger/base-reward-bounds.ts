import { WEIGHT_DENOMINATOR } from './formulas.ts';
import type { RewardRules } from './reward-rules.ts';

/** What the base reward per increment of an epoch can be, both ends included; none where `least` is above `most`. */
export interface BaseBounds {
  readonly least: bigint;
  /** Null where nothing bounds it. */
  readonly most: bigint | null;
}

export const UNBOUNDED: BaseBounds = { least: 0n, most: null };

/** By a penalty: `⌊increments · base · weight / 64⌋`, so that a few bases fit it, or none. */
export function basesOfPenalty(increments: bigint, weight: bigint, gwei: bigint): BaseBounds {
  const share = increments * weight;
  return {
    least: ceiling(gwei * WEIGHT_DENOMINATOR, share),
    most: ceiling((gwei + 1n) * WEIGHT_DENOMINATOR, share) - 1n,
  };
}

/** By an ideal reward, which is that of everybody taking part, or less. */
export const basesOfIdeal = (increments: bigint, weight: bigint, gwei: bigint): BaseBounds => ({
  least: ceiling(gwei * WEIGHT_DENOMINATOR, increments * weight),
  most: null,
});

/**
 * By what a position of the sync committee is paid in the same epoch. With `I` increments at stake the base is
 * `c/√I` and the position's share `2·base·I/d`, both rounded down, so that the product of the two does not depend on
 * `I`: rounding leaves one to three bases on mainnet.
 * @param participantGwei above zero
 */
export function basesOfSyncReward(
  { baseRewardFactor, incrementGwei, slotsPerEpoch, syncCommitteeSize }: RewardRules,
  participantGwei: bigint,
): BaseBounds {
  const divisor = (WEIGHT_DENOMINATOR / 2n) * slotsPerEpoch * syncCommitteeSize;
  const product = baseRewardFactor ** 2n * incrementGwei;
  // Above by the rounding of the root, which is less than one part in it.
  const most = product / (participantGwei * divisor);
  // With b the base, (b + 1)² / b is above this, and that is at most b + 3.
  const least = product / ((participantGwei + 1n) * divisor);
  return { least: least > 2n ? least - 2n : 0n, most: most + 1n };
}

export const intersection = (one: BaseBounds, other: BaseBounds): BaseBounds => ({
  least: one.least > other.least ? one.least : other.least,
  most:
    one.most === null || other.most === null
      ? (one.most ?? other.most)
      : one.most < other.most
        ? one.most
        : other.most,
});

/** The base that fits the most of them; null when none fits any. */
export function likeliestBase(all: readonly BaseBounds[], outer: BaseBounds): bigint | null {
  const changes = new Map<bigint, number>();
  const change = (at: bigint, by: number): void => void changes.set(at, (changes.get(at) ?? 0) + by);
  for (const each of all) {
    const { least, most } = intersection(each, outer);
    if (most === null || least > most) continue;
    change(least, 1);
    change(most + 1n, -1);
  }
  let [fitting, most, best]: [number, number, bigint | null] = [0, 0, null];
  for (const [at, by] of [...changes].sort(([one], [other]) => (one < other ? -1 : 1))) {
    fitting += by;
    if (fitting > most) [most, best] = [fitting, at];
  }
  return best;
}

const ceiling = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;
