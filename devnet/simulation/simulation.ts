import { ssz, type altair, type electra, type phase0 } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { blockSigningRoot } from '../chain/block/process-block.ts';
import type { ChainContext } from '../chain/context.ts';
import { ensure } from '../chain/invalid.ts';
import { proposerAt } from '../chain/proposers.ts';
import { epochAt, startSlotOf } from '../chain/rules.ts';
import { validatorAt, type BeaconState } from '../chain/state.ts';
import { AttestationPool } from './attestation-pool.ts';
import { ancestorAt, BlockTree, type BlockNode } from './block-tree.ts';
import type { SimulationClock } from './clock.ts';
import { EventBus } from './events.ts';
import type { FaultPlan } from './faults.ts';
import { Operations } from './operations.ts';
import { produceBlock, stateAfter, type BlockRequest } from './producer.ts';
import { Residents } from './residents.ts';
import { SyncPool } from './sync-pool.ts';
import { Truth } from './truth.ts';
import { verifyAggregator, verifyContributor } from './verify-aggregator.ts';

export interface SimulationParts {
  readonly context: ChainContext;
  readonly genesis: BlockNode;
  readonly clock: SimulationClock;
  readonly genesisTimeSeconds: number;
  readonly faults: FaultPlan;
  /** Whether the simulation does the duties of a validator itself. */
  readonly isResident: (validator: number) => boolean;
  /** Epochs before the finalized one whose states are kept. */
  readonly keepEpochs: number;
}

/** A third into the slot votes are due, and aggregates two thirds. */
export const VOTE_SHARE = 1 / 3;
export const AGGREGATE_SHARE = 2 / 3;

/**
 * A beacon chain in memory. It takes signed messages from whoever has the keys, as a beacon node does, and does the
 * duties of the residents itself. A slot is three steps: {@link beginSlot}, {@link attest}, {@link endSlot}.
 *
 * The head is not voted for (LMD-GHOST) but directed: the first block of a slot is the head, unless the fault plan
 * has the next proposer leave it behind. Finality is by the votes alone.
 */
export class Simulation {
  readonly context: ChainContext;
  readonly clock: SimulationClock;
  readonly tree: BlockTree;
  readonly events = new EventBus();
  readonly attestations: AttestationPool;
  readonly sync: SyncPool;
  readonly operations: Operations;
  readonly truth: Truth;
  readonly residents: Residents;
  readonly genesisTimeSeconds: number;
  readonly #faults: FaultPlan;
  readonly #keepEpochs: number;
  readonly #feeRecipients = new Map<number, Uint8Array>();
  /** What the next block builds on when that is not the head: the head is left behind with it. */
  #detour: BlockNode | null = null;
  #slot = 0;
  #voted = true;
  #late: electra.SignedBeaconBlock[] = [];
  #finalizedEpoch = 0;

  constructor(parts: SimulationParts) {
    const { context } = parts;
    this.context = context;
    this.clock = parts.clock;
    this.genesisTimeSeconds = parts.genesisTimeSeconds;
    this.tree = new BlockTree(context.rules, parts.genesis);
    this.attestations = new AttestationPool(context);
    this.sync = new SyncPool(context);
    this.operations = new Operations(context);
    this.residents = new Residents(context, parts.isResident);
    this.#faults = parts.faults;
    this.#keepEpochs = parts.keepEpochs;
    this.truth = new Truth(context.rules, this.tree);
  }

  /** The slot the chain is in. */
  get slot(): number {
    return this.#slot;
  }

  get epoch(): number {
    return epochAt(this.context.rules, this.#slot);
  }

  /** The head's state at the present slot. Not to be changed. */
  headState(): BeaconState {
    return this.tree.stateAt(this.tree.head, this.#slot);
  }

  /** Goes to the next slot; if its proposer is a resident there is a block, unless it is missed. */
  beginSlot(): void {
    this.#slot += 1;
    this.#voted = false;
    this.clock.stepTo(this.#slot);
    this.#takeDetour();
    const state = this.tree.stateAt(this.#parent(), this.#slot);
    const proposer = proposerAt(this.context.rules, state);
    if (!this.residents.has(proposer) || validatorAt(state, proposer).slashed) return;
    if (this.#faults.block(this.#slot) === 'missed') return;
    const block = this.produceBlock({
      randaoReveal: this.residents.randaoReveal(proposer, this.epoch),
      graffiti: Buffer.alloc(32, 0),
    });
    this.publishBlock(this.residents.signBlock(block));
  }

  /** The residents vote, for what is the head now. */
  attest(): void {
    if (this.#voted) return;
    this.#voted = true;
    this.clock.stepTo(this.#slot, VOTE_SHARE);
    const state = this.headState();
    const { root } = this.tree.head;
    const faultOf = (validator: number) => this.#faults.vote(this.#slot, validator);
    for (const vote of this.residents.attestations(state, root, faultOf)) this.publishAttestation(vote);
    for (const message of this.residents.syncMessages(state, root)) this.publishSyncMessage(message);
  }

  /** Late blocks arrive. */
  endSlot(): void {
    this.attest();
    this.clock.stepTo(this.#slot, AGGREGATE_SHARE);
    for (const block of this.#late.splice(0)) this.#import(block);
    this.attestations.prune(this.epoch);
    this.sync.prune(this.#slot - 2);
  }

  /** One whole slot in which everybody is a resident. */
  runSlot(): void {
    this.beginSlot();
    this.attest();
    this.endSlot();
  }

  runEpochs(count: number): void {
    for (let slots = count * this.context.rules.SLOTS_PER_EPOCH; slots > 0; slots -= 1) this.runSlot();
  }

  /** An unsigned block for the present slot. */
  produceBlock(request: Omit<BlockRequest, 'slot' | 'parent'> & { parent?: BlockNode }): electra.BeaconBlock {
    const feeRecipientOf = (proposer: number) =>
      this.#feeRecipients.get(proposer) ?? new Uint8Array(20).fill(0xfe);
    const { context, tree, attestations, sync, operations, genesisTimeSeconds } = this;
    const parts = { context, tree, attestations, sync, operations, genesisTimeSeconds, feeRecipientOf };
    return produceBlock(parts, { slot: this.#slot, parent: this.#parent(), ...request });
  }

  /** @param feeRecipient 20 bytes */
  setFeeRecipient(validator: number, feeRecipient: Uint8Array): void {
    this.#feeRecipients.set(validator, feeRecipient);
  }

  /** A signed block from its proposer. The fault plan may lose or delay it. @throws InvalidMessage */
  publishBlock(signed: electra.SignedBeaconBlock): void {
    const { slot } = signed.message;
    ensure(slot === this.#slot, `the block is of slot ${slot}, the chain is at ${this.#slot}`);
    const fault = this.#faults.block(slot);
    if (fault === 'missed') return;
    if (fault === 'late' && !this.#voted) this.#late.push(signed);
    else this.#import(signed);
  }

  /** @throws InvalidMessage */
  publishAttestation(vote: electra.SingleAttestation): void {
    const fault = this.#faults.vote(vote.data.slot, vote.attesterIndex);
    if (fault.kind === 'missed') return;
    const delay = fault.kind === 'late' ? fault.slots : 0;
    this.attestations.addSingle(this.headState(), vote, vote.data.slot + delay);
    this.events.emit('single_attestation', vote);
  }

  /** @throws InvalidMessage */
  publishAggregate(signed: electra.SignedAggregateAndProof): void {
    const { message } = signed;
    verifyAggregator(this.context, this.headState(), signed);
    this.attestations.addAggregate(this.headState(), message.aggregate);
    this.events.emit('attestation', message.aggregate);
  }

  /** @throws InvalidMessage */
  publishSyncMessage(message: altair.SyncCommitteeMessage): void {
    if (this.#faults.syncMissed(message.slot, message.validatorIndex)) return;
    this.sync.addMessage(this.headState(), message);
  }

  /** @throws InvalidMessage */
  publishContribution(signed: altair.SignedContributionAndProof): void {
    verifyContributor(this.context, this.headState(), signed);
    this.sync.addContribution(this.headState(), signed.message.contribution);
    this.events.emit('contribution_and_proof', signed);
  }

  /** @throws InvalidMessage */
  publishExit(exit: phase0.SignedVoluntaryExit): void {
    this.operations.addExit(this.headState(), exit);
    this.events.emit('voluntary_exit', exit);
  }

  /** @throws InvalidMessage */
  publishProposerSlashing(slashing: phase0.ProposerSlashing): void {
    this.operations.addProposerSlashing(this.headState(), slashing);
    this.events.emit('proposer_slashing', slashing);
  }

  /** @throws InvalidMessage */
  publishAttesterSlashing(slashing: electra.AttesterSlashing): void {
    this.operations.addAttesterSlashing(this.headState(), slashing);
    this.events.emit('attester_slashing', slashing);
  }

  #parent(): BlockNode {
    return this.#detour ?? this.tree.head;
  }

  /** Decides whether this slot's proposer builds on the head, or leaves blocks behind, never finalized ones. */
  #takeDetour(): void {
    const { head } = this.tree;
    const orphaned = this.#faults.block(head.slot) === 'orphaned' && head.slot > 0 ? 1 : 0;
    const depth = Math.max(orphaned, this.#faults.reorgDepth(this.#slot));
    let base = head;
    for (let left = depth; left > 0; left -= 1) {
      if (base.parent === null || base.parent.slot < startSlotOf(this.context.rules, this.#finalizedEpoch))
        break;
      base = base.parent;
    }
    if (base !== head) this.#detour = base;
  }

  #import(signed: electra.SignedBeaconBlock): void {
    const { message } = signed;
    const parent = this.tree.byRoot(toHex(message.parentRoot));
    ensure(parent !== undefined, 'the parent is not known');
    const root = toHex(ssz.electra.BeaconBlock.hashTreeRoot(message));
    if (this.tree.byRoot(root) !== undefined) return;
    this.#verifyProposer(parent, signed);
    const postState = stateAfter(this.context, parent, message);
    const node: BlockNode = {
      root,
      slot: message.slot,
      parent,
      signed,
      journal: postState.journal,
      postState,
    };
    this.tree.add(node);
    this.events.emit('block', { root });
    if (parent === this.#parent()) this.#moveHead(node);
  }

  #verifyProposer(parent: BlockNode, { message, signature }: electra.SignedBeaconBlock): void {
    ensure(message.slot > parent.slot, 'the block is not after its parent');
    const { pubkey } = validatorAt(this.tree.stateAt(parent, message.slot), message.proposerIndex);
    const root = blockSigningRoot(this.context, message);
    ensure(
      this.context.signatures.verify(root, [pubkey], signature),
      'the block is not signed by its proposer',
    );
  }

  #moveHead(node: BlockNode): void {
    const { rules } = this.context;
    const old = this.tree.head;
    this.#detour = null;
    const ancestor = this.tree.setHead(node);
    if (ancestor !== null) {
      const depth = old.slot - ancestor.slot;
      this.events.emit('chain_reorg', { oldHead: old.root, newHead: node.root, depth });
    }
    const epochTransition = epochAt(rules, node.slot) > epochAt(rules, node.parent?.slot ?? 0);
    this.events.emit('head', { root: node.root, epochTransition });
    this.#noteFinality(node);
  }

  #noteFinality(node: BlockNode): void {
    const finalized = node.postState?.finalized;
    if (finalized === undefined || finalized.epoch <= this.#finalizedEpoch) return;
    const { rules } = this.context;
    const from = startSlotOf(rules, this.#finalizedEpoch);
    const finalizedBlock = this.tree.byRoot(finalized.root);
    for (let at = finalizedBlock ?? null; at !== null && at.slot > from; at = at.parent) {
      this.operations.finalized(at.signed.message.body);
    }
    this.#finalizedEpoch = finalized.epoch;
    const keptFrom = startSlotOf(rules, finalized.epoch - this.#keepEpochs);
    if (keptFrom > 0) this.tree.forgetStatesBefore(ancestorAt(node, keptFrom).slot);
    this.events.emit('finalized_checkpoint', finalized);
  }
}
