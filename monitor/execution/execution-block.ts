import { z } from 'zod';
import { isVigilError } from '../../core/errors.ts';
import type { ExecutionFacts } from '../model/block-facts.ts';
import { executionError } from './execution-errors.ts';
import type { ExecutionNode } from './execution-node.ts';
import { address, hash, quantity } from './rpc-values.ts';

/** A transaction with what became of it. */
export interface ExecutedTransaction {
  readonly from: string;
  /** Null creates a contract. */
  readonly to: string | null;
  readonly valueWei: bigint;
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
  readonly gasPriceWei: bigint;
  /** Burned in addition (EIP-4844). */
  readonly blobFeeWei: bigint;
}

export interface ExecutionBlock {
  readonly baseFeeWei: bigint;
  readonly transactions: readonly ExecutedTransaction[];
}

const blockShape = z.object({
  hash,
  number: quantity,
  miner: address,
  gasUsed: quantity,
  baseFeePerGas: quantity,
  transactions: z.array(
    z.object({ hash, from: address, to: address.nullable().optional(), value: quantity, type: quantity }),
  ),
});
type Block = z.infer<typeof blockShape>;

const receiptShape = z.object({
  blockHash: hash,
  transactionHash: hash,
  status: quantity.refine((status) => status <= 1n, 'must be 0x0 or 0x1'),
  gasUsed: quantity,
  effectiveGasPrice: quantity,
  blobGasUsed: quantity.optional(),
  blobGasPrice: quantity.optional(),
});
type Receipt = z.infer<typeof receiptShape>;

/** Receipts asked for at once from a node that only has them one by one. */
const AT_ONCE = 8;

/**
 * The block that the beacon chain names, with all that its transactions paid. The two have to agree in all they share,
 * and the receipts with the gas of the block: otherwise nothing is taken.
 * @throws EXECUTION_*
 */
export async function executionBlock(node: ExecutionNode, facts: ExecutionFacts): Promise<ExecutionBlock> {
  const block = await node.call('eth_getBlockByHash', [facts.blockHash, true], blockShape);
  const bad = (what: string) =>
    executionError('EXECUTION_BAD_ANSWER', `${node.name}: block ${facts.blockHash}: ${what}`);
  if (block.hash !== facts.blockHash) throw bad('another block was given');
  if (block.number !== facts.blockNumber) throw bad('its number is not that of the beacon chain');
  if (block.miner !== facts.feeRecipient) throw bad('its fee recipient is not that of the beacon chain');
  if (block.transactions.length !== facts.transactions) {
    throw bad('its transactions are not as many as on the beacon chain');
  }
  const receipts = block.transactions.length === 0 ? [] : await receiptsOf(node, block);
  if (receipts.length !== block.transactions.length) throw bad('receipts are missing');
  if (receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n) !== block.gasUsed) {
    throw bad('the gas of its receipts is not that of the block');
  }
  const transactions = block.transactions.map((transaction, at): ExecutedTransaction => {
    const receipt = receipts[at];
    if (receipt?.transactionHash !== transaction.hash || receipt.blockHash !== block.hash) {
      throw bad(`the receipt of transaction ${at} is that of another one`);
    }
    if (receipt.effectiveGasPrice < block.baseFeePerGas) {
      throw bad(`transaction ${at} paid less than the base fee`);
    }
    const { blobGasUsed, blobGasPrice } = receipt;
    const hasBlobs = transaction.type === 3n;
    if (hasBlobs && (blobGasUsed === undefined || blobGasPrice === undefined)) {
      throw bad(`the receipt of transaction ${at} does not tell its blob fee`);
    }
    return {
      from: transaction.from,
      to: transaction.to ?? null,
      valueWei: transaction.value,
      succeeded: receipt.status === 1n,
      gasUsed: receipt.gasUsed,
      gasPriceWei: receipt.effectiveGasPrice,
      blobFeeWei: hasBlobs ? (blobGasUsed ?? 0n) * (blobGasPrice ?? 0n) : 0n,
    };
  });
  return { baseFeeWei: block.baseFeePerGas, transactions };
}

async function receiptsOf(node: ExecutionNode, block: Block): Promise<Receipt[]> {
  try {
    return await node.call('eth_getBlockReceipts', [block.hash], z.array(receiptShape));
  } catch (error) {
    // Younger than the method for one receipt, and not everywhere.
    if (!isVigilError(error, 'EXECUTION_REFUSED', 'EXECUTION_NOT_FOUND')) throw error;
  }
  const receipts: Receipt[] = [];
  for (let at = 0; at < block.transactions.length; at += AT_ONCE) {
    const some = block.transactions.slice(at, at + AT_ONCE);
    receipts.push(
      ...(await Promise.all(
        some.map((transaction) => node.call('eth_getTransactionReceipt', [transaction.hash], receiptShape)),
      )),
    );
  }
  return receipts;
}
