import { gaveNoAnswer, syncRewards, validatorBalances } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import { slot } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import { askFinal, type Asked } from './ask.ts';

export interface SyncRewardInput {
  readonly spec: ChainSpec;
  /** The canonical blocks of one epoch. */
  readonly blocks: readonly BlockFacts[];
  /** Validator indices by position. */
  readonly committee: Uint32Array;
  /** Only what balances say, where the endpoint was found to contradict others. */
  readonly onlyBalances?: boolean;
}

/** One member in one block: what it was paid is a multiple of what a position is paid. */
interface Sample {
  readonly block: BlockFacts;
  readonly member: number;
  /** Bits set less bits clear; not 0. */
  readonly weight: bigint;
}

/**
 * What a position of the sync committee is paid in every block of an epoch. The node's endpoint tells it of any member;
 * where there is none, or its answer is no multiple, the balance of a member to whom nothing else happened in that
 * block does. Null when no block suits.
 * @throws BALANCES_NOT_FINAL, or what the nodes fail with
 */
export async function collectSyncReward(
  nodes: Asked,
  input: SyncRewardInput,
  signal?: AbortSignal,
): Promise<bigint | null> {
  for (const sample of samplesOf(input)) {
    const told = input.onlyBalances === true ? null : await byEndpoint(nodes, sample, signal);
    if (told !== null) return told;
    // At an epoch's first slot the transition is in the balance too.
    if (sample.block.slot % input.spec.slotsPerEpoch === 0n) continue;
    const seen = await byBalance(nodes, sample, signal);
    if (seen !== null) return seen;
  }
  return null;
}

/** One per block, later blocks first: the first slot of an epoch is of less use. */
function* samplesOf({ blocks, committee }: SyncRewardInput): Generator<Sample> {
  for (const block of blocks.toReversed()) {
    if (block.syncBits === null || block.slot === 0n) continue;
    const weights = new Map<number, bigint>();
    for (const [position, member] of committee.entries())
      weights.set(member, (weights.get(member) ?? 0n) + (block.syncBits[position] === 1 ? 1n : -1n));
    const touched = new Set([
      block.proposerIndex,
      ...block.withdrawals.map(({ validatorIndex }) => validatorIndex),
      ...block.slashings.flatMap(({ validatorIndices }) => validatorIndices),
    ]);
    // One who earns: whoever is penalized may have nothing left to lose.
    const found = [...weights].find(([member, weight]) => weight > 0n && !touched.has(member));
    if (found !== undefined) yield { block, member: found[0], weight: found[1] };
  }
}

async function byEndpoint(
  nodes: Asked,
  { block, member, weight }: Sample,
  signal?: AbortSignal,
): Promise<bigint | null> {
  try {
    const rewards = await askFinal(nodes, syncRewards(block.root, [BigInt(member)]), signal);
    return share(rewards[0]?.rewardGwei ?? null, weight);
  } catch (error) {
    if (gaveNoAnswer(error) || isVigilError(error, 'BEACON_BAD_ANSWER')) return null;
    throw error;
  }
}

async function byBalance(
  nodes: Asked,
  { block, member, weight }: Sample,
  signal?: AbortSignal,
): Promise<bigint | null> {
  const balanceAfter = async (at: bigint): Promise<bigint | null> => {
    const answer = await askFinal(nodes, validatorBalances(slot(at), [BigInt(member)]), signal);
    return answer[0]?.balanceGwei ?? null;
  };
  const [before, after] = [await balanceAfter(block.slot - 1n), await balanceAfter(block.slot)];
  return share(before === null || after === null ? null : after - before, weight);
}

function share(gwei: bigint | null, weight: bigint): bigint | null {
  return gwei === null || gwei <= 0n || gwei % weight !== 0n ? null : gwei / weight;
}
