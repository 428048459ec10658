import type { BlockFacts, ExecutionFacts } from '../model/block-facts.ts';
import type { ExecutionBlock } from './execution-block.ts';
import type { ExecutionNode } from './execution-node.ts';
import { unexplainedWei } from './fees.ts';
import { hexQuantity, quantity } from './rpc-values.ts';

/** More addresses than any validator is paid at; each costs two questions. */
export const MAX_ADDRESSES = 32;

/**
 * By address: what neither withdrawals nor plain transactions of the block explain. Blocks are asked for by number, so
 * only for final ones.
 * @throws EXECUTION_*, as when the state is pruned
 */
export async function unexplainedChanges(
  node: ExecutionNode,
  { execution, withdrawals }: BlockFacts & { readonly execution: ExecutionFacts },
  executed: ExecutionBlock,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const { blockNumber } = execution;
  const changes = new Map<string, bigint>();
  // Genesis has no block before it.
  if (blockNumber === 0n) return changes;
  for (const address of [...new Set(addresses)].slice(0, MAX_ADDRESSES)) {
    const [beforeWei, afterWei] = await Promise.all(
      [blockNumber - 1n, blockNumber].map((at) =>
        node.call('eth_getBalance', [address, hexQuantity(at)], quantity),
      ),
    );
    if (beforeWei === undefined || afterWei === undefined) continue;
    changes.set(address, unexplainedWei({ address, beforeWei, afterWei }, executed, withdrawals));
  }
  return changes;
}
