import type { SecretKey } from '@chainsafe/blst';
import type { electra, phase0 } from '@lodestar/types';
import { bytesOf, type Root } from '../../core/units.ts';
import { attestationRoot } from '../chain/block/attestations.ts';
import { blockSigningRoot, randaoRoot } from '../chain/block/process-block.ts';
import { committeesOf } from '../chain/committees.ts';
import { ensure } from '../chain/invalid.ts';
import { attestationDataFor } from './attestation-data.ts';
import { mistaken } from './residents.ts';
import type { Simulation } from './simulation.ts';

/**
 * A second client with the same keys and no slashing protection: the accident that a slashing guard is for. What it
 * signs is slashable beside what the first client signed for the same slot.
 */
export class Twin {
  readonly #simulation: Simulation;
  readonly #keys: ReadonlyMap<number, SecretKey>;

  /** @param keys by validator index */
  constructor(simulation: Simulation, keys: ReadonlyMap<number, SecretKey>) {
    this.#simulation = simulation;
    this.#keys = keys;
  }

  /**
   * Votes in the present slot for another head than everybody else.
   * @throws InvalidMessage when the validator has no duty in this slot
   */
  vote(validator: number): electra.SingleAttestation {
    const { context, tree, slot } = this.#simulation;
    const state = this.#simulation.headState();
    const honest = attestationDataFor(context.rules, state, tree.head.root);
    const committees = committeesOf(context.rules, state, honest.target.epoch).bySlot;
    const committeeIndex = (committees[slot % context.rules.SLOTS_PER_EPOCH] ?? []).findIndex((members) =>
      members.includes(validator),
    );
    ensure(committeeIndex !== -1, `validator ${validator} does not vote in slot ${slot}`);
    const data = mistaken(honest, { kind: 'wrong_head' });
    const signature = this.#sign(validator, attestationRoot(context, data));
    const vote = { committeeIndex, attesterIndex: validator, data, signature };
    this.#simulation.publishAttestation(vote);
    return vote;
  }

  /** Proposes a second block in the present slot. @throws InvalidMessage when it is not the proposer */
  propose(validator: number): electra.SignedBeaconBlock {
    const { context, tree, epoch, slot } = this.#simulation;
    const parent = tree.head.slot === slot ? tree.head.parent : tree.head;
    ensure(parent !== null, 'genesis has no proposer');
    const message = this.#simulation.produceBlock({
      parent,
      randaoReveal: this.#sign(validator, randaoRoot(context, epoch)),
      graffiti: new Uint8Array(32).fill(0x77),
    });
    const signed = { message, signature: this.#sign(validator, blockSigningRoot(context, message)) };
    this.#simulation.publishBlock(signed);
    return signed;
  }

  /** What a slasher makes of two votes of one validator: the proof that slashes it, published. @throws InvalidMessage */
  report(validator: number, first: phase0.AttestationData, second: phase0.AttestationData): void {
    const { context } = this.#simulation;
    const indexed = (data: phase0.AttestationData): electra.IndexedAttestationBigint => ({
      attestingIndices: [validator],
      data: {
        slot: BigInt(data.slot),
        index: BigInt(data.index),
        beaconBlockRoot: data.beaconBlockRoot,
        source: { epoch: BigInt(data.source.epoch), root: data.source.root },
        target: { epoch: BigInt(data.target.epoch), root: data.target.root },
      },
      signature: this.#sign(validator, attestationRoot(context, data)),
    });
    const slashing = { attestation1: indexed(first), attestation2: indexed(second) };
    this.#simulation.publishAttesterSlashing(slashing);
  }

  #sign(validator: number, root: Root): Uint8Array {
    const key = this.#keys.get(validator);
    ensure(key !== undefined, `the twin has no key of validator ${validator}`);
    return key.sign(bytesOf(root)).toBytes();
  }
}
