import type { electra, phase0 } from '@lodestar/types';
import { fromHex, toHex } from '../../core/hex.ts';
import { attestationRoot } from '../chain/block/attestations.ts';
import { blockSigningRoot, randaoRoot } from '../chain/block/process-block.ts';
import { syncMessageRoot } from '../chain/block/sync-aggregate.ts';
import { committeesOf } from '../chain/committees.ts';
import { syncCommitteeOfSlot } from '../chain/sync-committee.ts';
import type { ChainContext } from '../chain/context.ts';
import { epochAt } from '../chain/rules.ts';
import { sha256 } from '../chain/shuffle.ts';
import type { BeaconState } from '../chain/state.ts';
import { attestationDataFor } from './attestation-data.ts';
import type { VoteFault } from './faults.ts';

/** Signs the duties of validators whose interop keys the simulation holds itself: the rest of the network. */
export class Residents {
  readonly #context: ChainContext;
  readonly #isResident: (validator: number) => boolean;

  constructor(context: ChainContext, isResident: (validator: number) => boolean) {
    this.#context = context;
    this.#isResident = isResident;
  }

  has(validator: number): boolean {
    return this.#isResident(validator);
  }

  randaoReveal(proposer: number, epoch: number): Uint8Array {
    return this.#context.signatures.signAs(proposer, randaoRoot(this.#context, epoch));
  }

  signBlock(block: electra.BeaconBlock): electra.SignedBeaconBlock {
    const signature = this.#context.signatures.signAs(
      block.proposerIndex,
      blockSigningRoot(this.#context, block),
    );
    return { message: block, signature };
  }

  /** The votes of all residents of a slot's committees. */
  attestations(
    state: BeaconState,
    headRoot: string,
    faultOf: (validator: number) => VoteFault,
  ): electra.SingleAttestation[] {
    const { rules } = this.#context;
    const honest = attestationDataFor(rules, state, headRoot);
    const committees = committeesOf(rules, state, honest.target.epoch).bySlot[
      state.slot % rules.SLOTS_PER_EPOCH
    ];
    return (committees ?? []).flatMap((members, committeeIndex) =>
      members
        .filter((validator) => this.#isResident(validator))
        .map((validator) => this.vote(validator, committeeIndex, mistaken(honest, faultOf(validator)))),
    );
  }

  vote(validator: number, committeeIndex: number, data: phase0.AttestationData): electra.SingleAttestation {
    const signature = this.#context.signatures.signAs(validator, attestationRoot(this.#context, data));
    return { committeeIndex, attesterIndex: validator, data, signature };
  }

  syncMessages(state: BeaconState, headRoot: string) {
    const root = syncMessageRoot(this.#context, state.slot, headRoot);
    return [...new Set(syncCommitteeOfSlot(this.#context.rules, state, state.slot))]
      .filter((validator) => this.#isResident(validator))
      .map((validatorIndex) => ({
        slot: state.slot,
        beaconBlockRoot: fromHex(headRoot, 'beacon_block_root', 32),
        validatorIndex,
        signature: this.#context.signatures.signAs(validatorIndex, root),
      }));
  }

  epochOf(slot: number): number {
    return epochAt(this.#context.rules, slot);
  }
}

/** The vote of somebody who is wrong: for a root that is none of the chain's. */
export function mistaken(honest: phase0.AttestationData, fault: VoteFault): phase0.AttestationData {
  const wrong = (root: Uint8Array) => sha256(Buffer.from(`not ${toHex(root)}`));
  const { slot, index, beaconBlockRoot, source, target } = honest;
  const head = fault.kind === 'wrong_head' ? wrong(beaconBlockRoot) : beaconBlockRoot;
  const targetRoot = fault.kind === 'wrong_target' ? wrong(target.root) : target.root;
  // Written out: a spread would copy the root that the SSZ type keeps on a value once it is hashed.
  return {
    ...{ slot, index, beaconBlockRoot: head },
    source: { epoch: source.epoch, root: source.root },
    target: { epoch: target.epoch, root: targetRoot },
  };
}
