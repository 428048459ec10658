import type { electra } from '@lodestar/types';
import type { Rules } from '../chain/rules.ts';
import type { Journal } from '../chain/journal.ts';
import { processSlots } from '../chain/process-slots.ts';
import { cloneState, type BeaconState } from '../chain/state.ts';

export interface BlockNode {
  readonly root: string;
  readonly slot: number;
  readonly parent: BlockNode | null;
  readonly signed: electra.SignedBeaconBlock;
  readonly journal: Journal;
  /** State after the block; null once it was let go. */
  postState: BeaconState | null;
}

/** How many states of empty slots are kept at hand. */
const ADVANCED_KEPT = 24;

/** All blocks that ever arrived, and which of them are the chain. */
export class BlockTree {
  readonly #rules: Rules;
  readonly #nodes = new Map<string, BlockNode>();
  readonly #bySlot = new Map<number, BlockNode[]>();
  readonly #canonical = new Map<number, BlockNode>();
  readonly #advanced = new Map<string, BeaconState>();
  readonly genesis: BlockNode;
  #head: BlockNode;

  constructor(rules: Rules, genesis: BlockNode) {
    this.#rules = rules;
    this.genesis = genesis;
    this.#head = genesis;
    this.add(genesis);
    this.#canonical.set(0, genesis);
  }

  get head(): BlockNode {
    return this.#head;
  }

  add(node: BlockNode): void {
    this.#nodes.set(node.root, node);
    this.#bySlot.set(node.slot, [...(this.#bySlot.get(node.slot) ?? []), node]);
  }

  byRoot(root: string): BlockNode | undefined {
    return this.#nodes.get(root);
  }

  /** Every block of a slot, those outside the chain too. */
  atSlot(slot: number): readonly BlockNode[] {
    return this.#bySlot.get(slot) ?? [];
  }

  canonicalAt(slot: number): BlockNode | undefined {
    return this.#canonical.get(slot);
  }

  isCanonical(node: BlockNode): boolean {
    return this.#canonical.get(node.slot) === node;
  }

  /** The chain's last block at or before a slot. */
  latestAt(slot: number): BlockNode {
    return ancestorAt(this.#head, slot, (at) => this.#canonical.get(at));
  }

  /** Makes a block the head. @returns the common ancestor when that left blocks behind, else null */
  setHead(node: BlockNode): BlockNode | null {
    const old = this.#head;
    const joined: BlockNode[] = [];
    let ancestor: BlockNode = node;
    while (this.#canonical.get(ancestor.slot) !== ancestor) {
      joined.push(ancestor);
      if (ancestor.parent === null) throw new Error('every block descends from genesis');
      ancestor = ancestor.parent;
    }
    for (let slot = ancestor.slot + 1; slot <= old.slot; slot += 1) this.#canonical.delete(slot);
    for (const block of joined) this.#canonical.set(block.slot, block);
    this.#head = node;
    return ancestor === old ? null : ancestor;
  }

  /** The state at a slot on the branch of a block: after it, moved on through empty slots. Not to be changed. */
  stateAt(node: BlockNode, slot: number): BeaconState {
    const { postState } = node;
    if (postState === null) throw new StateGone(node.slot);
    if (slot === node.slot) return postState;
    const key = `${node.root}:${slot}`;
    const known = this.#advanced.get(key);
    if (known !== undefined) return known;
    const state = cloneState(postState);
    processSlots(this.#rules, state, slot);
    this.#advanced.set(key, state);
    const [oldest] = this.#advanced.keys();
    if (this.#advanced.size > ADVANCED_KEPT && oldest !== undefined) this.#advanced.delete(oldest);
    return state;
  }

  /** Lets go of the states of all blocks before a slot; the blocks stay. */
  forgetStatesBefore(slot: number): void {
    for (let at = slot - 1; at > 0; at -= 1) {
      const nodes = this.#bySlot.get(at) ?? [];
      if (nodes.some(({ postState }) => postState === null)) return;
      for (const node of nodes) node.postState = null;
    }
  }
}

/** A state that this node does not keep any more. */
export class StateGone extends Error {
  constructor(slot: number) {
    super(`the state after the block at slot ${slot} is not kept any more`);
  }
}

/** The last block of a branch at or before a slot. */
export function ancestorAt(
  from: BlockNode,
  slot: number,
  shortcut: (slot: number) => BlockNode | undefined = () => undefined,
): BlockNode {
  for (let at = Math.min(slot, from.slot); at >= 0; at -= 1) {
    const known = shortcut(at);
    if (known !== undefined) return known;
    if (at === from.slot) break;
  }
  let node = from;
  while (node.slot > slot && node.parent !== null) node = node.parent;
  return node;
}
