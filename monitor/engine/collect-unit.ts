import { isVigilError } from '../../core/errors.ts';
import type { BlockReward } from '../../beacon/index.ts';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Root, type Slot } from '../../core/units.ts';
import { CanonicalView, type BeaconSource } from '../chain/index.ts';
import type { LedgerCalendar } from '../ledger/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import { collectProposalFacts, type SeenBlock } from '../proposals/index.ts';
import type { SyncCommittees } from '../sync-committees/index.ts';
import type { BlockShelf } from './block-shelf.ts';
import type { ChainAnswers, StatesByIndex } from './chain-answers.ts';
import { syncRewardPerPosition } from './sync-reward.ts';
import type { UnitFacts } from './unit-facts.ts';

export interface UnitSources {
  readonly nodes: BeaconSource;
  readonly spec: ChainSpec;
  readonly shelf: BlockShelf;
  readonly committees: SyncCommittees;
  readonly calendar: LedgerCalendar;
}

export interface UnitRequest {
  readonly epoch: Epoch;
  readonly watched: readonly WatchedValidator[];
  /** A finalized block of an epoch two later, or the last one before it. */
  readonly finalizedRoot: Root;
  readonly headEpoch: Epoch;
  readonly answers: ChainAnswers;
  /** What is stored of rewards for the votes of an epoch that no balance has yet; null where nothing is. */
  readonly storedRewards: (epoch: Epoch) => readonly VoteReward[] | null;
  /** Blocks that events told of, whether or not they stayed. */
  readonly alsoSeen: readonly Omit<SeenBlock, 'canonical'>[];
  /** Whether to wait for what is not answered now; without it a record is made all the same, where one can be. */
  readonly patient: boolean;
}

/**
 * Fetches what there is to know of a final epoch, or takes it from what was asked for at the head.
 * @throws what the nodes failed with, where no record can be made without it
 */
export async function collectUnit(sources: UnitSources, request: UnitRequest): Promise<UnitFacts> {
  const { nodes, spec, committees } = sources;
  const { epoch, watched, answers, patient } = request;
  const first = startSlotOfEpoch(spec, epoch);
  const last = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n);
  const view = await finalView(sources, request);
  const optional = <T>(ask: Promise<T>): Promise<T | null> => orNull(ask, patient);
  const tag = tagBefore(view, first);

  const seats = await optional(answers.seats(epoch, tag));
  const duties = await optional(answers.proposers(epoch, tag));
  const votes = await optional(answers.voteRewards(epoch, view.rootAt(view.to)));
  const credited = await creditedBy(request, tag, optional);
  const blocks = view.within(first, last);
  const blockRewards = new Map<Slot, BlockReward>();
  for (const block of blocks.filter(({ proposerIndex }) => answers.watchedSet.has(proposerIndex))) {
    const reward = await optional(answers.blockReward(block));
    if (reward !== null) blockRewards.set(block.slot, reward);
  }
  const range = { first, last };
  const unwatched: ReadonlySet<number> = new Set();
  const proposals = await collectProposalFacts(
    nodes,
    // Rewards are had already, so no block is of somebody whose reward is to be asked for.
    { range, duties: duties ?? [], watched: unwatched, view, alsoSeen: request.alsoSeen },
    spec,
  );
  const syncSeats = await committees.seats(epoch, answers.watchedSet, request.headEpoch);
  const states = new Map<Slot, StatesByIndex>();
  for (const at of snapshotSlots(sources, epoch)) {
    states.set(at, await answers.states(at, at < first ? tag : view.rootAt(at)));
  }
  return {
    ...{ epoch, watched, view, seats, duties, proposals, blockRewards, votes, credited, states, syncSeats },
    syncRewardGwei: await optional(syncRewardPerPosition(blocks, syncSeats, answers)),
  };
}

/** The blocks of the epoch and the next, of the chain that is final. */
export async function finalView(
  { spec, shelf }: UnitSources,
  request: Pick<UnitRequest, 'epoch' | 'finalizedRoot'>,
): Promise<CanonicalView> {
  const from = startSlotOfEpoch(spec, request.epoch);
  const to = slotOf(startSlotOfEpoch(spec, epochOf(request.epoch + 2n)) - 1n);
  const tip = await shelf.finalRootAt(to, request.finalizedRoot);
  const blocks: readonly BlockFacts[] = await shelf.branch(tip, from);
  // Two epochs without any block: then the tip is what was there before.
  return new CanonicalView({ from, to, blocks, ...(blocks.length === 0 ? { parentRoot: tip } : {}) });
}

/** After which slots states are needed: before the epoch, before each new day in it, at its end, and where votes are paid by. */
export function snapshotSlots(
  { spec, calendar }: Pick<UnitSources, 'spec' | 'calendar'>,
  epoch: Epoch,
): readonly Slot[] {
  const start = startSlotOfEpoch(spec, epoch);
  const lastOf = (of: bigint): Slot => slotOf(startSlotOfEpoch(spec, epochOf(of + 1n)) - 1n);
  const before = start === 0n ? start : slotOf(start - 1n);
  const cuts = calendar.cuts(epoch).map((cut) => slotOf(cut - 1n));
  return [...new Set([before, ...cuts, lastOf(epoch), lastOf(epoch + 1n)])];
}

/** Root of the last block before a slot. */
export function tagBefore(view: CanonicalView, start: Slot): Root {
  return view.rootAt(start === 0n ? start : slotOf(start - 1n));
}

type Optional = <T>(ask: Promise<T>) => Promise<T | null>;

/** What this epoch's first slot pays: rewards as they are stored, or else as the endpoint tells them now. */
async function creditedBy(
  { epoch, storedRewards, answers }: UnitRequest,
  tag: Root,
  optional: Optional,
): Promise<UnitFacts['credited']> {
  if (epoch < 2n) return { stored: [] };
  const voted = epochOf(epoch - 2n);
  const stored = storedRewards(voted);
  if (stored !== null) return { stored };
  const answer = await optional(answers.voteRewards(voted, tag));
  return answer === null ? null : { answer };
}

/** Null for what no node has or offers; and, when it was waited for long enough, for what none of them answers. */
async function orNull<T>(ask: Promise<T>, patient: boolean): Promise<T | null> {
  try {
    return await ask;
  } catch (error) {
    if (isVigilError(error, 'BEACON_NOT_FOUND', 'BEACON_REFUSED')) return null;
    if (!patient && isVigilError(error, 'BEACON_UNREACHABLE', 'BEACON_BAD_ANSWER')) return null;
    throw error;
  }
}
