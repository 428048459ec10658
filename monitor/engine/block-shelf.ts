import { block, header } from '../../beacon/index.ts';
import { isVigilError } from '../../core/errors.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot as slotOf, type Root, type Slot } from '../../core/units.ts';
import { blockFacts, type BeaconSource } from '../chain/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';

/**
 * Blocks by root, fetched once: a root names the same block for ever and is computed from the answer, so nothing here
 * can be wrong, only missing. What is canonical is a walk along parents from a root that somebody vouches for.
 */
export class BlockShelf {
  readonly #nodes: BeaconSource;
  readonly #spec: ChainSpec;
  readonly #blocks = new Map<Root, BlockFacts>();

  constructor(nodes: BeaconSource, spec: ChainSpec) {
    this.#nodes = nodes;
    this.#spec = spec;
  }

  get size(): number {
    return this.#blocks.size;
  }

  /** @throws BEACON_NOT_FOUND and whatever the nodes failed with */
  async byRoot(root: Root): Promise<BlockFacts> {
    const held = this.#blocks.get(root);
    if (held !== undefined) return held;
    const facts = blockFacts((await this.#nodes.ask(block(root, this.#spec))).data);
    this.#blocks.set(root, facts);
    return facts;
  }

  /** The blocks of slots `from` and later that `tip` follows, itself included, oldest first. Genesis is left out. */
  async branch(tip: Root, from: Slot): Promise<BlockFacts[]> {
    const lowest = from > 0n ? from : 1n;
    const blocks: BlockFacts[] = [];
    for (let at = await this.byRoot(tip); at.slot >= lowest; at = await this.byRoot(at.parentRoot)) {
      blocks.push(at);
      if (at.slot === lowest) break;
    }
    return blocks.reverse();
  }

  /**
   * The root of the last block at or before a slot on the chain that ends in `tip`: by parents as far as the blocks are
   * here, and else by asking for the slot, which is only right where the chain is final.
   */
  async finalRootAt(at: Slot, tip: Root): Promise<Root> {
    for (let held = this.#blocks.get(tip); held !== undefined; held = this.#blocks.get(held.parentRoot)) {
      if (held.slot <= at) return held.root;
    }
    for (let candidate = at; candidate > 0n; candidate = slotOf(candidate - 1n)) {
      try {
        return (await this.#nodes.ask(header(candidate))).data.root;
      } catch (error) {
        if (!isVigilError(error, 'BEACON_NOT_FOUND')) throw error;
      }
    }
    return (await this.#nodes.ask(header('genesis'))).data.root;
  }

  /** Forgets blocks of earlier slots; they can be fetched again. */
  forgetBefore(at: Slot): void {
    for (const [root, { slot }] of this.#blocks) if (slot < at) this.#blocks.delete(root);
  }
}
