import { BPS, byText, sum } from '../amounts.ts';
import type { CsmParameters, KeyTier, Pool } from '../config/pool.ts';
import { compareRatios, thresholdRatio, type Ratio } from '../income/duties.ts';

/** A key of an operator of Lido's Community Staking Module, in one frame. */
export interface CsmKey {
  readonly validatorIndex: bigint;
  /** Whole ether. */
  readonly effectiveEth: bigint;
  /** Attestations assigned; none: the key had no duties and does not count. */
  readonly assigned: bigint;
  readonly performance: Ratio | null;
  readonly slashed: boolean;
}

export interface CsmKeyOutcome {
  /** Its place among the keys of the operator, from one. */
  readonly number: bigint;
  /** What it had to do better than; of the tier of its number. */
  readonly threshold: Ratio;
  /** The part of its rewards that is the operator's. */
  readonly shareBps: bigint;
  readonly participation: bigint;
  readonly rebate: bigint;
  /** A frame below the threshold; three within six frames and the key may be ejected. */
  readonly strike: boolean;
}

/** Of the default type of operator: 58.34% of the rewards of a key, 3% below the network. */
export const CSM_DEFAULTS: CsmParameters = {
  rewardShare: [{ keys: null, bps: 5834n }],
  leeway: [{ keys: null, bps: 300n }],
};

/** The parameters in force for an operator: its own, or else those of the pool. */
export function parametersOf({ csm }: Pool, operator: string): CsmParameters {
  const own = csm.operators.get(operator);
  return {
    rewardShare: own?.rewardShare ?? csm.rewardShare,
    leeway: own?.leeway ?? csm.leeway,
  };
}

/**
 * The shares of one operator's keys. Keys are numbered by effective balance, largest first, then by index; tiers go by
 * that number. A key counts only when it did better than the threshold. A fraction is rounded up, for the operator.
 */
export function csmKeys(
  keys: readonly CsmKey[],
  network: Ratio,
  parameters: CsmParameters,
): Map<bigint, CsmKeyOutcome> {
  const ordered = [...keys].sort((a, b) =>
    a.effectiveEth === b.effectiveEth
      ? a.validatorIndex < b.validatorIndex
        ? -1
        : 1
      : a.effectiveEth > b.effectiveEth
        ? -1
        : 1,
  );
  return new Map(
    ordered.map((key, position) => [
      key.validatorIndex,
      outcome(key, BigInt(position) + 1n, network, parameters),
    ]),
  );
}

function outcome(
  { slashed, performance, assigned, effectiveEth }: CsmKey,
  number: bigint,
  network: Ratio,
  { leeway, rewardShare }: CsmParameters,
): CsmKeyOutcome {
  const threshold = thresholdRatio({ kind: 'network-minus', bps: tierOf(leeway, number) }, network);
  const shareBps = tierOf(rewardShare, number);
  const nothing = { number, threshold, shareBps, participation: 0n, rebate: 0n, strike: false };
  if (performance === null || assigned === 0n) return nothing;
  if (slashed || compareRatios(performance, threshold) <= 0) return { ...nothing, strike: true };
  const whole = assigned * effectiveEth;
  const participation = (whole * shareBps + BPS - 1n) / BPS;
  return { ...nothing, participation, rebate: whole - participation };
}

const tierOf = (tiers: readonly KeyTier[], number: bigint): bigint =>
  tiers.find(({ keys }) => keys === null || number <= keys)?.bps ?? 0n;

/**
 * What operators get of a frame, floored. What keys below the threshold would have had is everybody's; the protocol's
 * rebate takes part with its own shares, and has what the floors left.
 */
export function csmFrame(
  totalWei: bigint,
  participation: ReadonlyMap<string, bigint>,
  rebateShares: bigint,
): { readonly totalShares: bigint; readonly operatorsWei: ReadonlyMap<string, bigint> } {
  const totalShares = rebateShares + sum(participation.values());
  const operatorsWei = new Map<string, bigint>();
  for (const [operator, shares] of [...participation].sort(([a], [b]) => byText(a, b)))
    if (shares > 0n) operatorsWei.set(operator, (totalWei * shares) / totalShares);
  return { totalShares, operatorsWei };
}
