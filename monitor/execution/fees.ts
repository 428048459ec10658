import type { Withdrawal } from '../model/block-facts.ts';
import type { ExecutionBlock } from './execution-block.ts';

/** What the block's fee recipient gets of its transactions: base fee and blob fees are burned (EIP-1559, EIP-4844). */
export function priorityFeesWei({ baseFeeWei, transactions }: ExecutionBlock): bigint {
  return transactions.reduce(
    (sum, { gasUsed, gasPriceWei }) => sum + gasUsed * (gasPriceWei - baseFeeWei),
    0n,
  );
}

const WEI_PER_GWEI = 1_000_000_000n;

export interface BalanceChange {
  readonly address: string;
  /** After the block before, and after this one. */
  readonly beforeWei: bigint;
  readonly afterWei: bigint;
}

/**
 * What an address got in a block besides withdrawals and plain transactions, and before what it sent itself: fees as
 * the fee recipient and whatever contracts moved. Negative when contracts took from it.
 */
export function unexplainedWei(
  { address, beforeWei, afterWei }: BalanceChange,
  { transactions }: ExecutionBlock,
  withdrawals: readonly Withdrawal[],
): bigint {
  let explained = 0n;
  for (const withdrawal of withdrawals) {
    if (withdrawal.address === address) explained += withdrawal.amountGwei * WEI_PER_GWEI;
  }
  for (const { from, to, valueWei, succeeded, gasUsed, gasPriceWei, blobFeeWei } of transactions) {
    if (from === address) explained -= gasUsed * gasPriceWei + blobFeeWei;
    if (!succeeded) continue;
    if (from === address) explained -= valueWei;
    if (to === address) explained += valueWei;
  }
  return afterWei - beforeWei - explained;
}
