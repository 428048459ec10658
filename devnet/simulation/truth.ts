import { committeesOf } from '../chain/committees.ts';
import { COMPONENTS, type Component, type Journal } from '../chain/journal.ts';
import { proposerAt } from '../chain/proposers.ts';
import { startSlotOf, type Rules } from '../chain/rules.ts';
import type { BlockTree } from './block-tree.ts';

/** What became of one validator's vote of one epoch, on the chain as it is now. */
export interface VoteTruth {
  readonly validator: number;
  readonly slot: number;
  readonly committeeIndex: number;
  /** Null: no block has it, it is missed. */
  readonly included: {
    /** The first block that has it. */
    readonly slot: number;
    /** All inclusions together: bit 0 source, 1 target, 2 head. */
    readonly flags: number;
    readonly matchesHead: boolean;
    readonly matchesTarget: boolean;
    /** Every different vote of it on the chain; two are a double vote. */
    readonly dataRoots: readonly string[];
  } | null;
}

export interface ProposalTruth {
  readonly slot: number;
  readonly proposer: number;
  readonly outcome: 'included' | 'missed' | 'orphaned';
  /** Of the included block, or of the one left behind. */
  readonly root: string | null;
}

export interface SyncTruth {
  readonly slot: number;
  readonly validator: number;
  readonly position: number;
  readonly hit: boolean;
}

export type Earnings = Readonly<Record<Component, bigint>>;

/**
 * What really happened, read from the journals of the chain's blocks. For tests: it is not in the API, so that
 * what a monitor finds out can be compared with it.
 */
export class Truth {
  readonly #rules: Rules;
  readonly #tree: BlockTree;

  constructor(rules: Rules, tree: BlockTree) {
    this.#rules = rules;
    this.#tree = tree;
  }

  /** Every vote that was due in an epoch. All is said once the epoch after is over. */
  votes(epoch: number): VoteTruth[] {
    const start = startSlotOf(this.#rules, epoch);
    const anchor = this.#tree.latestAt(start);
    const committees = committeesOf(this.#rules, this.#tree.stateAt(anchor, start), epoch);
    const journals = this.#journals(start + 1, start + 2 * this.#rules.SLOTS_PER_EPOCH - 1);
    const inclusions = Map.groupBy(
      journals
        .flatMap(({ votes }) => votes)
        .filter(({ slot }) => slot >= start && slot < start + this.#rules.SLOTS_PER_EPOCH),
      ({ validator }) => validator,
    );
    return committees.bySlot.flatMap((atSlot, offset) =>
      atSlot.flatMap((members, committeeIndex) =>
        members.map((validator): VoteTruth => {
          const found = inclusions.get(validator) ?? [];
          const [first] = found;
          const included =
            first === undefined
              ? null
              : {
                  slot: first.inclusionSlot,
                  flags: found.reduce((flags, vote) => flags | vote.flags, 0),
                  matchesHead: found.some(({ matchesHead }) => matchesHead),
                  matchesTarget: found.some(({ matchesTarget }) => matchesTarget),
                  dataRoots: [...new Set(found.map(({ dataRoot }) => dataRoot))],
                };
          return { validator, slot: start + offset, committeeIndex, included };
        }),
      ),
    );
  }

  /** Who was to propose in each slot of an epoch. Genesis had no proposer. */
  proposals(epoch: number): ProposalTruth[] {
    const start = startSlotOf(this.#rules, epoch);
    return Array.from({ length: this.#rules.SLOTS_PER_EPOCH }, (_, offset) => start + offset)
      .filter((slot) => slot > 0)
      .map((slot) => this.#proposal(slot));
  }

  #proposal(slot: number): ProposalTruth {
    const block = this.#tree.canonicalAt(slot);
    if (block !== undefined) {
      return { slot, proposer: block.signed.message.proposerIndex, outcome: 'included', root: block.root };
    }
    const state = this.#tree.stateAt(this.#tree.latestAt(slot), slot);
    const proposer = proposerAt(this.#rules, state);
    const left = this.#tree.atSlot(slot).find(({ signed }) => signed.message.proposerIndex === proposer);
    return { slot, proposer, outcome: left === undefined ? 'missed' : 'orphaned', root: left?.root ?? null };
  }

  /** Every position of the sync committee in every block of an epoch; empty slots have none. */
  sync(epoch: number): SyncTruth[] {
    const start = startSlotOf(this.#rules, epoch);
    return this.#journals(start, start + this.#rules.SLOTS_PER_EPOCH - 1).flatMap(({ sync }) => sync);
  }

  /** By validator and component, in Gwei: every change from after slot `from` up to slot `to`, as the states have it. */
  earnings(from: number, to: number): Map<number, Earnings> {
    const sums = new Map<number, Record<Component, bigint>>();
    // An epoch's transition is in the journal of the next block, but its changes carry the slot they happened at.
    const state = this.#tree.stateAt(this.#tree.latestAt(to), to);
    const journals = [...this.#journals(from, this.#tree.latestAt(to).slot)];
    if (this.#tree.latestAt(to).slot < to) journals.push(state.journal);
    for (const { balances } of journals) {
      for (const { slot, validator, component, gwei } of balances) {
        if (slot <= from || slot > to) continue;
        const sum = sums.get(validator) ?? nothing();
        sum[component] += gwei;
        sums.set(validator, sum);
      }
    }
    return sums;
  }

  /** Balances after a slot. */
  balances(slot: number): readonly bigint[] {
    return this.#tree.stateAt(this.#tree.latestAt(slot), slot).balances;
  }

  #journals(from: number, to: number): Journal[] {
    const journals: Journal[] = [];
    for (let slot = from; slot <= to; slot += 1) {
      const block = this.#tree.canonicalAt(slot);
      if (block !== undefined) journals.push(block.journal);
    }
    return journals;
  }
}

const nothing = (): Record<Component, bigint> =>
  Object.fromEntries(COMPONENTS.map((component) => [component, 0n])) as Record<Component, bigint>;
