export interface SplitsDistribution {
  readonly recipientsWei: readonly bigint[];
  /** For whoever sends the transaction. */
  readonly incentiveWei: bigint;
  /** Floors leave it in the contract, and one wei that is never taken out. */
  readonly leftWei: bigint;
}

/** Distribution incentives count in 10^6 parts and end at 6.5%. */
const INCENTIVE_SCALE = 1_000_000n;
const HIGHEST_INCENTIVE = 65_000n;

/** What 0xSplits pays of a balance: floors of allocations, in integers of any sum. */
export function zeroXSplits(
  balanceWei: bigint,
  allocations: readonly bigint[],
  incentive = 0n,
): SplitsDistribution {
  if (incentive < 0n || incentive > HIGHEST_INCENTIVE)
    throw new RangeError('the incentive must be from 0 to 6.5%');
  const amount = balanceWei > 0n ? balanceWei - 1n : 0n;
  const incentiveWei = (amount * incentive) / INCENTIVE_SCALE;
  const total = allocations.reduce((all, allocation) => all + allocation, 0n);
  const recipientsWei = allocations.map((allocation) =>
    total === 0n ? 0n : ((amount - incentiveWei) * allocation) / total,
  );
  const paid = recipientsWei.reduce((all, part) => all + part, 0n);
  return { recipientsWei, incentiveWei, leftWei: balanceWei - incentiveWei - paid };
}
