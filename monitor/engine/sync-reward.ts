import type { BlockFacts } from '../model/block-facts.ts';
import type { SyncSeats } from '../sync-committees/index.ts';
import type { ChainAnswers } from './chain-answers.ts';

/**
 * What one position of the sync committee earns with a set bit and loses with a clear one. It depends on the total
 * stake alone, which is fixed within an epoch, so one block tells it for all: from the reward of a watched member, over
 * its positions.
 * @returns null where no block tells: without blocks, or where hits and misses of every member cancel out
 */
export async function syncRewardPerPosition(
  blocks: readonly BlockFacts[],
  { positions }: SyncSeats,
  answers: ChainAnswers,
): Promise<bigint | null> {
  for (const block of blocks) {
    for (const [member, places] of positions) {
      const net = places.reduce((sum, place) => sum + (block.syncBits?.[place] === 1 ? 1n : -1n), 0n);
      // Whoever is penalized may have had less left to lose.
      if (net <= 0n || block.slot === 0n) continue;
      const [reward] = await answers.syncRewards(block, member);
      if (reward !== undefined && reward.rewardGwei % net === 0n) return reward.rewardGwei / net;
    }
  }
  return null;
}
