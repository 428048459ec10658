import { createHash } from 'node:crypto';
import { forkAtEpoch, type ChainSpec } from '../../../core/chain/chain-spec.ts';
import { toHex } from '../../../core/hex.ts';
import { epoch, type Epoch } from '../../../core/units.ts';

/** A made-up but well-formed root that only depends on its label. */
const rootOf = (label: string): string => `0x${createHash('sha256').update(label).digest('hex')}`;

/** Sign requests as a validator client of one network posts them (remote-signing API). */
export class DutyBodies {
  readonly #spec: ChainSpec;

  constructor(spec: ChainSpec) {
    this.#spec = spec;
  }

  attestation(source: bigint, target: bigint, head = 'canonical') {
    return {
      type: 'ATTESTATION',
      fork_info: this.#forkInfo(epoch(target)),
      attestation: {
        slot: (target * this.#spec.slotsPerEpoch).toString(),
        index: '0',
        beacon_block_root: rootOf(`${head} head ${target.toString()}`),
        source: { epoch: source.toString(), root: rootOf(`checkpoint ${source.toString()}`) },
        target: { epoch: target.toString(), root: rootOf(`checkpoint ${target.toString()}`) },
      },
    };
  }

  block(slot: bigint, graffiti = 'first') {
    return {
      type: 'BLOCK_V2',
      fork_info: this.#forkInfo(epoch(slot / this.#spec.slotsPerEpoch)),
      beacon_block: {
        version: forkAtEpoch(this.#spec, epoch(slot / this.#spec.slotsPerEpoch)).name.toUpperCase(),
        block_header: {
          slot: slot.toString(),
          proposer_index: '7',
          parent_root: rootOf(`block ${(slot - 1n).toString()}`),
          state_root: rootOf(`state ${slot.toString()}`),
          body_root: rootOf(`${graffiti} body ${slot.toString()}`),
        },
      },
    };
  }

  randaoReveal(at: bigint) {
    return {
      type: 'RANDAO_REVEAL',
      fork_info: this.#forkInfo(epoch(at)),
      randao_reveal: { epoch: at.toString() },
    };
  }

  syncCommitteeMessage(slot: bigint) {
    return {
      type: 'SYNC_COMMITTEE_MESSAGE',
      fork_info: this.#forkInfo(epoch(slot / this.#spec.slotsPerEpoch)),
      sync_committee_message: {
        slot: slot.toString(),
        beacon_block_root: rootOf(`block ${slot.toString()}`),
      },
    };
  }

  #forkInfo(at: Epoch) {
    const fork = forkAtEpoch(this.#spec, at);
    const version = toHex(fork.version);
    return {
      fork: { previous_version: version, current_version: version, epoch: fork.epoch.toString() },
      genesis_validators_root: this.#spec.genesisValidatorsRoot,
    };
  }
}
