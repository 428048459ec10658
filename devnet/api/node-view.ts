import { forkAtEpoch } from '../../core/chain/chain-spec.ts';
import { epoch as epochUnit } from '../../core/units.ts';
import { epochAt, startSlotOf } from '../chain/rules.ts';
import type { BeaconState } from '../chain/state.ts';
import type { BlockNode } from '../simulation/block-tree.ts';
import type { Simulation } from '../simulation/simulation.ts';

/** How well a node does; to be changed while it runs. */
export interface NodeConditions {
  /** Its head is that many slots behind the chain's. */
  lagSlots: number;
  /** It says it is syncing, and answers 503 to validators. */
  syncing: boolean;
  /** Its execution layer has not verified the head. */
  optimistic: boolean;
  elOffline: boolean;
}

export const WELL: Readonly<NodeConditions> = {
  ...{ lagSlots: 0, syncing: false, optimistic: false, elOffline: false },
};

/** One node's view of the simulated chain: all of it, or as far as the node has come. */
export class NodeView {
  readonly simulation: Simulation;
  readonly conditions: NodeConditions;

  constructor(simulation: Simulation, conditions: NodeConditions) {
    this.simulation = simulation;
    this.conditions = conditions;
  }

  get head(): BlockNode {
    const { tree, slot } = this.simulation;
    return this.conditions.lagSlots === 0
      ? tree.head
      : tree.latestAt(Math.max(0, slot - this.conditions.lagSlots));
  }

  get currentEpoch(): number {
    return this.simulation.epoch;
  }

  /** State after the head's block. */
  get headState(): BeaconState {
    return this.simulation.tree.stateAt(this.head, this.head.slot);
  }

  /** The head's state at the present slot. */
  get presentState(): BeaconState {
    return this.simulation.tree.stateAt(this.head, this.simulation.slot);
  }

  /** The last slot that is finalized, as this node knows. */
  get finalizedSlot(): number {
    return startSlotOf(this.rules, this.headState.finalized.epoch);
  }

  get rules() {
    return this.simulation.context.rules;
  }

  /** The chain's block at a slot, if this node has it. */
  canonicalAt(slot: number): BlockNode | undefined {
    return slot > this.head.slot ? undefined : this.simulation.tree.canonicalAt(slot);
  }

  /** The chain's last block at or before a slot. */
  latestAt(slot: number): BlockNode {
    return this.simulation.tree.latestAt(Math.min(slot, this.head.slot));
  }

  isFinalized(node: BlockNode): boolean {
    return node.slot <= this.finalizedSlot && this.simulation.tree.isCanonical(node);
  }

  /** `electra` or `fulu`. */
  versionAt(slot: number): string {
    return forkAtEpoch(this.simulation.context.spec, epochUnit(BigInt(epochAt(this.rules, slot)))).name;
  }

  /** A state in which the duties of an epoch can be looked up: of its first slot, or the present one. */
  dutyState(epoch: number): BeaconState {
    const slot = Math.min(startSlotOf(this.rules, epoch), this.simulation.slot);
    const node = this.latestAt(slot);
    return this.simulation.tree.stateAt(node, slot);
  }

  /** The block that decided the duties of an epoch: the last one before a slot. Before genesis it is genesis. */
  rootBefore(slot: number): string {
    return this.latestAt(Math.max(0, slot - 1)).root;
  }
}
