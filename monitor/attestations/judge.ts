import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch as epochOf, slot as slotOf, type Slot } from '../../core/units.ts';
import { chainError, type CanonicalView } from '../chain/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { AttestationVerdict, NetworkAttestations } from '../model/verdicts.ts';
import { resultOf } from './classify.ts';
import { forEachVoter, noteVoters, undecodable, type UndecodableAggregate } from './decode.ts';
import type { EpochSeats } from './seats.ts';
import type { SlotSeats } from './slot-seats.ts';
import { HEAD, SOURCE, TARGET, timelyFlags } from './timeliness.ts';
import { Messages, VoteTally } from './vote-tally.ts';

export interface EpochVotes {
  /** One for each watched validator that has a seat, in the order of the seats. */
  readonly verdicts: readonly AttestationVerdict[];
  /** Null while more votes may come, or where not all could be read. */
  readonly network: NetworkAttestations | null;
  readonly undecodable: readonly UndecodableAggregate[];
}

/**
 * What became of the votes of an epoch, by the bits in the blocks of a view that begins no later than the epoch. Only a
 * set bit proves anything: a vote that is not found is missed once the view reaches the end of the next epoch, the last
 * slot that may include it, and unknown before. If an aggregate cannot be read, the committees of its slot are not those
 * of the chain, and nothing is said about anybody in them.
 * @throws MONITOR_CHAIN_NOT_COVERED when the view begins too late
 */
export function judgeVotes(seats: EpochSeats, view: CanonicalView, spec: ChainSpec): EpochVotes {
  const start = startSlotOfEpoch(spec, seats.epoch);
  const end = lastInclusionSlot(seats, spec);
  if (view.from > start) {
    throw chainError(
      'MONITOR_CHAIN_NOT_COVERED',
      `votes of epoch ${seats.epoch} begin at slot ${start}, the blocks at hand at ${view.from}`,
    );
  }
  const counts = new Map(seats.slots.map((each) => [each.slot, new SlotCount(each)]));
  const found: UndecodableAggregate[] = [];
  const messages = new Messages();
  for (const block of view.within(slotOf(start + 1n), end)) {
    readBlock(block, { counts, found, messages, view, spec });
  }
  const closed = view.to >= end;
  const all = [...counts.values()];
  return {
    verdicts: all.flatMap((count) => verdictsOf(count, { seats, view, closed })),
    network: closed && seats.complete && found.length === 0 ? networkOf(seats, all) : null,
    undecodable: found,
  };
}

/** Of any fork: before EIP-7045 no block of the next epoch's end may hold a vote of this epoch's start anyway. */
const lastInclusionSlot = ({ epoch }: EpochSeats, spec: ChainSpec): Slot =>
  slotOf(startSlotOfEpoch(spec, epochOf(epoch + 2n)) - 1n);

/** What is counted of one slot while the blocks are read. */
class SlotCount {
  readonly seats: SlotSeats;
  readonly tally: VoteTally;
  /** One byte per member of the slot. */
  readonly voted: Uint8Array;
  doubtful = false;

  constructor(seats: SlotSeats) {
    this.seats = seats;
    this.tally = new VoteTally(seats.slot, seats.validators.length);
    this.voted = new Uint8Array(seats.members);
  }
}

interface Reading {
  readonly counts: ReadonlyMap<Slot, SlotCount>;
  readonly found: UndecodableAggregate[];
  readonly messages: Messages;
  readonly view: CanonicalView;
  readonly spec: ChainSpec;
}

function readBlock(block: BlockFacts, { counts, found, messages, view, spec }: Reading): void {
  block.attestations.forEach((aggregate, place) => {
    const count = counts.get(aggregate.data.slot);
    if (count === undefined) return;
    const { seats, tally } = count;
    const reason = undecodable(aggregate, seats);
    if (reason !== null) {
      count.doubtful = true;
      found.push({ blockSlot: block.slot, blockRoot: block.root, place, slot: seats.slot, reason });
      return;
    }
    const flags = timelyFlags(aggregate.data, block.slot, view, spec);
    const list = [{ data: messages.same(aggregate.data), block: { slot: block.slot, root: block.root } }];
    forEachVoter(aggregate, seats, (at) => tally.add(at, block.slot, flags, list));
    noteVoters(aggregate, seats, count.voted);
  });
}

interface Judging {
  readonly seats: EpochSeats;
  readonly view: CanonicalView;
  /** Whether no more votes can come. */
  readonly closed: boolean;
}

function verdictsOf({ seats, tally, doubtful }: SlotCount, judging: Judging): AttestationVerdict[] {
  const { epoch } = judging.seats;
  return Array.from(seats.validators, (validatorIndex, place): AttestationVerdict => {
    const duty = { validatorIndex, epoch, slot: seats.slot };
    if (doubtful) return { ...duty, result: 'unknown', inclusion: null };
    const distance = tally.distances[place] ?? 0;
    if (distance === 0) return { ...duty, result: judging.closed ? 'missed' : 'unknown', inclusion: null };
    const flags = tally.flags[place] ?? 0;
    const slot = slotOf(seats.slot + BigInt(distance));
    return {
      ...duty,
      result: resultOf(flags, distance),
      inclusion: {
        slot,
        distance,
        optimalDistance: distance - judging.view.emptyBetween(seats.slot, slot),
        source: (flags & SOURCE) !== 0,
        target: (flags & TARGET) !== 0,
        head: (flags & HEAD) !== 0,
        messages: tally.messages[place] ?? [],
      },
    };
  });
}

function networkOf({ epoch, members }: EpochSeats, counts: readonly SlotCount[]): NetworkAttestations {
  let included = 0;
  for (const { voted } of counts) {
    for (let at = 0; at < voted.length; at += 1) included += voted[at] ?? 0;
  }
  return { epoch, due: members, included };
}
