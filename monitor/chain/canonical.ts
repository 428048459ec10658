import type { Root, Slot } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import { chainError } from './chain-errors.ts';

export interface CanonicalRun {
  /** First and last slot of the run, both included: all blocks in between are given, every other slot is empty. */
  readonly from: Slot;
  readonly to: Slot;
  /** Ascending. */
  readonly blocks: readonly BlockFacts[];
  /** Root of the last block before `from`, where it is known; the first block must then be its child. */
  readonly parentRoot?: Root;
}

/**
 * A stretch of one chain. Each block names its parent, so a block that is left out in the middle, or that belongs to
 * another branch, is noticed; that nothing is missing after the last block is what the caller vouches for with `to`.
 */
export class CanonicalView {
  readonly from: Slot;
  readonly to: Slot;
  readonly blocks: readonly BlockFacts[];
  /** By slot from `from` on: how many blocks there are up to it. */
  readonly #upTo: Uint32Array;
  readonly #parentRoot: Root | null;

  /** @throws MONITOR_CHAIN_BROKEN */
  constructor({ from, to, blocks, parentRoot }: CanonicalRun) {
    assertLinked(from, to, blocks, parentRoot);
    this.from = from;
    this.to = to;
    this.blocks = blocks;
    this.#parentRoot = parentRoot ?? blocks[0]?.parentRoot ?? null;
    this.#upTo = new Uint32Array(Math.max(0, Number(to - from) + 1));
    for (const { slot } of blocks) this.#upTo[Number(slot - from)] = 1;
    for (let at = 1; at < this.#upTo.length; at += 1) {
      this.#upTo[at] = (this.#upTo[at] ?? 0) + (this.#upTo[at - 1] ?? 0);
    }
  }

  covers(slot: Slot): boolean {
    return slot >= this.from && slot <= this.to;
  }

  /** Null for an empty slot. @throws MONITOR_CHAIN_NOT_COVERED */
  blockAt(slot: Slot): BlockFacts | null {
    const block = this.blocks[this.#blocksUpTo(slot) - 1];
    return block?.slot === slot ? block : null;
  }

  /**
   * `get_block_root_at_slot` of the specs: of the block in the slot, or of the last one before it.
   * @throws MONITOR_CHAIN_NOT_COVERED outside of the run and the slot before it
   */
  rootAt(slot: Slot): Root {
    const before = slot === this.from - 1n ? 0 : this.#blocksUpTo(slot);
    const root = before === 0 ? this.#parentRoot : this.blocks[before - 1]?.root;
    if (root === null || root === undefined) {
      throw chainError('MONITOR_CHAIN_NOT_COVERED', `no block is known before slot ${slot}`);
    }
    return root;
  }

  /** Empty slots after `after` and before `before`. @throws MONITOR_CHAIN_NOT_COVERED */
  emptyBetween(after: Slot, before: Slot): number {
    const slots = Number(before - after) - 1;
    if (slots <= 0) return 0;
    return slots - (this.#blocksUpTo((before - 1n) as Slot) - this.#blocksUpTo(after));
  }

  /** The first block after a slot; null when the run has none. */
  firstAfter(slot: Slot): BlockFacts | null {
    return this.blocks[slot < this.from ? 0 : this.#blocksUpTo(slot)] ?? null;
  }

  /** Blocks of slots `first` to `last`, as far as the run goes. */
  within(first: Slot, last: Slot): readonly BlockFacts[] {
    return this.blocks.filter(({ slot }) => slot >= first && slot <= last);
  }

  #blocksUpTo(slot: Slot): number {
    const count = this.covers(slot) ? this.#upTo[Number(slot - this.from)] : undefined;
    if (count === undefined) {
      throw chainError(
        'MONITOR_CHAIN_NOT_COVERED',
        `slot ${slot} is asked for, the blocks at hand are of slots ${this.from} to ${this.to}`,
      );
    }
    return count;
  }
}

function assertLinked(
  from: Slot,
  to: Slot,
  blocks: readonly BlockFacts[],
  parentRoot: Root | undefined,
): void {
  let parent = parentRoot;
  let last: Slot | null = null;
  for (const block of blocks) {
    if (block.slot < from || block.slot > to) {
      throw chainError(
        'MONITOR_CHAIN_BROKEN',
        `the block of slot ${block.slot} is not of slots ${from} to ${to}`,
      );
    }
    if (last !== null && block.slot <= last) {
      throw chainError(
        'MONITOR_CHAIN_BROKEN',
        `the block of slot ${block.slot} comes after that of slot ${last}`,
      );
    }
    if (parent !== undefined && block.parentRoot !== parent) {
      throw chainError(
        'MONITOR_CHAIN_BROKEN',
        `the block of slot ${block.slot} is a child of ${block.parentRoot}, before it comes ${parent}`,
      );
    }
    parent = block.root;
    last = block.slot;
  }
}
