import { slot as slotOf, type Root, type Slot } from '../../core/units.ts';
import type { CanonicalView } from '../chain/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { ProposalVerdict } from '../model/verdicts.ts';

/** A turn to propose, of somebody who is watched. */
export interface ProposalDuty {
  readonly validatorIndex: number;
  readonly slot: Slot;
}

/** A block of some slot that a node has, on the chain or beside it. */
export interface SeenBlock {
  readonly root: Root;
  readonly slot: Slot;
  readonly proposerIndex: number;
  /** By the node's account. */
  readonly canonical: boolean;
}

/** What only nodes can tell besides the chain. */
export interface ProposalFacts {
  /** By slot without a block: what nodes have seen of it, null when none of them could say. */
  readonly seen: ReadonlyMap<Slot, readonly SeenBlock[] | null>;
  /** By root: blocks left behind, as far as they could be had. */
  readonly orphans: ReadonlyMap<Root, BlockFacts>;
  /** By root, on the consensus layer. */
  readonly rewardsGwei: ReadonlyMap<Root, bigint>;
}

/** Slots, both included. */
export interface SlotRange {
  readonly first: Slot;
  readonly last: Slot;
}

/** Nobody made the genesis block, although the duties of epoch 0 name somebody. */
export const withoutGenesis = ({ first, last }: SlotRange): SlotRange => ({
  first: first === 0n ? slotOf(1n) : first,
  last,
});

export const isWithin = ({ first, last }: SlotRange, slot: Slot): boolean => slot >= first && slot <= last;

export interface ProposalQuestion {
  /** The slots asked about; the view may reach further. */
  readonly range: SlotRange;
  readonly duties: readonly ProposalDuty[];
  readonly watched: ReadonlySet<number>;
  readonly view: CanonicalView;
  readonly facts: ProposalFacts;
  /** By the clock. */
  readonly now: Slot;
}

export interface Proposals {
  /** In the order of the slots. */
  readonly verdicts: readonly ProposalVerdict[];
  /** Duties that the chain contradicts: somebody else's block is in the slot. The duties were of another branch. */
  readonly contradicted: readonly ProposalDuty[];
}

/**
 * What became of turns to propose. The chain is the truth: a block in the slot names its proposer, so a watched one's
 * block counts whether or not the duty was known, and a duty in whose slot another's block stands never was one.
 */
export function judgeProposals(question: ProposalQuestion): Proposals {
  const { duties, watched, view, facts } = question;
  const range = withoutGenesis(question.range);
  const included = view
    .within(range.first, range.last)
    .filter(({ proposerIndex }) => watched.has(proposerIndex))
    .map((block) => verdictOf('included', block.proposerIndex, block, facts));
  const verdicts = [...included];
  const contradicted: ProposalDuty[] = [];
  for (const duty of duties) {
    if (!isWithin(range, duty.slot)) continue;
    const block = view.covers(duty.slot) ? view.blockAt(duty.slot) : null;
    if (block === null) verdicts.push(withoutBlock(duty, question));
    else if (block.proposerIndex !== duty.validatorIndex) contradicted.push(duty);
  }
  return { verdicts: verdicts.sort((one, other) => Number(one.slot - other.slot)), contradicted };
}

function withoutBlock(
  duty: ProposalDuty,
  { view, facts, now }: Pick<ProposalQuestion, 'view' | 'facts' | 'now'>,
): ProposalVerdict {
  const { validatorIndex, slot } = duty;
  if (!view.covers(slot)) return verdict(duty, slot > now && slot > view.to ? 'scheduled' : 'unknown');
  const seen = facts.seen.get(slot);
  if (seen === undefined || seen === null) return verdict(duty, 'unknown');
  const own = seen.filter(({ proposerIndex }) => proposerIndex === validatorIndex);
  const [first] = own;
  if (first === undefined) return verdict(duty, 'missed');
  // To the node it is part of the chain: it sees another one than the view is of.
  if (own.some(({ canonical }) => canonical)) return verdict(duty, 'unknown');
  const block = facts.orphans.get(first.root);
  if (block !== undefined) return verdictOf('orphaned', validatorIndex, block, facts);
  return { ...verdict(duty, 'orphaned'), blockRoot: first.root };
}

const verdict = (
  { validatorIndex, slot }: ProposalDuty,
  result: 'scheduled' | 'missed' | 'orphaned' | 'unknown',
): ProposalVerdict => ({
  ...{ validatorIndex, slot, result },
  ...{ blockRoot: null, feeRecipient: null, graffiti: null, rewardGwei: null },
});

const verdictOf = (
  result: 'included' | 'orphaned',
  validatorIndex: number,
  { slot, root, execution, graffiti }: BlockFacts,
  { rewardsGwei }: ProposalFacts,
): ProposalVerdict => ({
  ...{ validatorIndex, slot, result, blockRoot: root, graffiti },
  feeRecipient: execution?.feeRecipient ?? null,
  // A block that was left behind earned nothing.
  rewardGwei: result === 'included' ? (rewardsGwei.get(root) ?? null) : null,
});

/** The turns that are still to come, soonest first. */
export function upcoming(duties: readonly ProposalDuty[], now: Slot): ProposalDuty[] {
  return duties.filter(({ slot }) => slot > now).sort((one, other) => Number(one.slot - other.slot));
}
