import { BPS, byText } from '../amounts.ts';
import type { KeyTier } from '../config/pool.ts';
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
  readonly participation: bigint;
  readonly rebate: bigint;
  /** A frame below the threshold; three within six frames and the key may be ejected. */
  readonly strike: boolean;
}

export interface CsmParametersOf {
  readonly rewardShare: readonly KeyTier[];
  readonly leeway: readonly KeyTier[];
}

/** Of the default type of operator: 58.34% of the rewards of a key, 3% below the network. */
export const CSM_DEFAULTS: CsmParametersOf = {
  rewardShare: [{ keys: null, bps: 5834n }],
  leeway: [{ keys: null, bps: 300n }],
};

/**
 * The shares of one operator's keys. Keys are numbered by effective balance, largest first, then by index; tiers go by
 * that number. A key counts only when it did better than the threshold. A fraction is rounded up, for the operator.
 */
export function csmKeys(
  keys: readonly CsmKey[],
  network: Ratio,
  parameters: CsmParametersOf,
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

const NOTHING: CsmKeyOutcome = { participation: 0n, rebate: 0n, strike: false };

function outcome(
  { slashed, performance, assigned, effectiveEth }: CsmKey,
  number: bigint,
  network: Ratio,
  { leeway, rewardShare }: CsmParametersOf,
): CsmKeyOutcome {
  if (performance === null || assigned === 0n) return NOTHING;
  if (slashed) return { ...NOTHING, strike: true };
  const threshold = thresholdRatio({ kind: 'network-minus', bps: tierOf(leeway, number) }, network);
  if (compareRatios(performance, threshold) <= 0) return { ...NOTHING, strike: true };
  const whole = assigned * effectiveEth;
  const participation = (whole * tierOf(rewardShare, number) + BPS - 1n) / BPS;
  return { participation, rebate: whole - participation, strike: false };
}

const tierOf = (tiers: readonly KeyTier[], number: bigint): bigint =>
  tiers.find(({ keys }) => keys === null || number <= keys)?.bps ?? 0n;

export interface CsmFrame {
  /** Of each operator, floored. */
  readonly operatorsWei: ReadonlyMap<string, bigint>;
  /** The protocol's rebate, with what the floors left. */
  readonly rebateWei: bigint;
}

/** What keys below the threshold would have had is everybody's; the protocol's rebate takes part with its own shares. */
export function csmFrame(
  totalWei: bigint,
  participation: ReadonlyMap<string, bigint>,
  rebateShares: bigint,
): CsmFrame {
  let totalShares = rebateShares;
  for (const shares of participation.values()) totalShares += shares;
  const operatorsWei = new Map<string, bigint>();
  let given = 0n;
  for (const [operator, shares] of [...participation].sort(([a], [b]) => byText(a, b))) {
    if (shares === 0n) continue;
    const part = (totalWei * shares) / totalShares;
    operatorsWei.set(operator, part);
    given += part;
  }
  return { operatorsWei, rebateWei: totalWei - given };
}
