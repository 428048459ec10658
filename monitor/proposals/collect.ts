import {
  block,
  blockRewards,
  gaveNoAnswer,
  headersAt,
  type Call,
  type ProposerDuty,
} from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Root, Slot } from '../../core/units.ts';
import { blockFacts, type BeaconSource, type CanonicalView } from '../chain/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import {
  isWithin,
  withoutGenesis,
  type ProposalDuty,
  type ProposalFacts,
  type SeenBlock,
  type SlotRange,
} from './judge.ts';

/** Those of the network's duties that are of somebody watched. */
export function dutiesOfWatched(
  duties: readonly ProposerDuty[],
  watched: ReadonlySet<number>,
): ProposalDuty[] {
  return duties
    .map(({ validatorIndex, slot }) => ({ validatorIndex: Number(validatorIndex), slot }))
    .filter(({ validatorIndex }) => watched.has(validatorIndex));
}

export interface FactsWanted {
  readonly range: SlotRange;
  readonly duties: readonly ProposalDuty[];
  readonly watched: ReadonlySet<number>;
  readonly view: CanonicalView;
  /** Blocks that were seen otherwise, as events tell of them: a node forgets what it left behind. */
  readonly alsoSeen?: readonly Omit<SeenBlock, 'canonical'>[];
}

/**
 * What nodes can tell of the watched validators' turns: of an empty slot, what was seen in it, and the block itself if
 * it is theirs; of a block on the chain, what it earned. Nothing is asked of anybody else's.
 */
export async function collectProposalFacts(
  source: BeaconSource,
  { duties, watched, view, alsoSeen = [], ...wanted }: FactsWanted,
  spec: ChainSpec,
  signal?: AbortSignal,
): Promise<ProposalFacts> {
  const range = withoutGenesis(wanted.range);
  const seen = new Map<Slot, readonly SeenBlock[] | null>();
  const orphans = new Map<Root, BlockFacts>();
  const rewardsGwei = new Map<Root, bigint>();
  const ask = <T>(call: Call<T>) => askOrNull(source, call, signal);
  for (const { slot, validatorIndex } of duties) {
    if (!isWithin(range, slot) || !view.covers(slot) || view.blockAt(slot) !== null) continue;
    const told = await seenAt(source, slot, signal);
    const others = alsoSeen.filter((each) => each.slot === slot);
    const blocks = [...(told ?? []), ...besides(told ?? [], others)];
    const own = blocks.find(({ proposerIndex }) => proposerIndex === validatorIndex);
    // What an event told of proves that there was a block; that there was none only a node can say.
    seen.set(slot, told === null && own === undefined ? null : blocks);
    const orphan = own === undefined ? null : await ask(block(own.root, spec));
    if (orphan !== null) orphans.set(orphan.root, blockFacts(orphan));
  }
  for (const { root, proposerIndex } of view.within(range.first, range.last)) {
    if (!watched.has(proposerIndex)) continue;
    const reward = await ask(blockRewards(root));
    if (reward?.proposerIndex === BigInt(proposerIndex)) rewardsGwei.set(root, reward.totalGwei);
  }
  return { seen, orphans, rewardsGwei };
}

/** Null when no node can say. That there is nothing is said with an empty list by some clients and with 404 by others. */
async function seenAt(source: BeaconSource, slot: Slot, signal?: AbortSignal): Promise<SeenBlock[] | null> {
  try {
    const { data } = await source.ask(headersAt(slot), signal);
    return data.map(({ proposerIndex, ...header }) => ({ ...header, proposerIndex: Number(proposerIndex) }));
  } catch (error) {
    if (isVigilError(error, 'BEACON_NOT_FOUND')) return [];
    if (saidNothingUseful(error)) return null;
    throw error;
  }
}

/** To the view, which the slot is empty in, they are not on the chain. */
function besides(told: readonly SeenBlock[], others: readonly Omit<SeenBlock, 'canonical'>[]): SeenBlock[] {
  const known = new Set(told.map(({ root }) => root));
  return others.filter(({ root }) => !known.has(root)).map((other) => ({ ...other, canonical: false }));
}

async function askOrNull<T>(source: BeaconSource, call: Call<T>, signal?: AbortSignal): Promise<T | null> {
  try {
    return (await source.ask(call, signal)).data;
  } catch (error) {
    if (saidNothingUseful(error)) return null;
    throw error;
  }
}

const saidNothingUseful = (error: unknown): boolean =>
  gaveNoAnswer(error) || isVigilError(error, 'BEACON_BAD_ANSWER');
