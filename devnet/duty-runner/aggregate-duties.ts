import { ssz } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { isAggregator } from './aggregators.ts';
import type { AttestationDataJson, AttesterDuty, SyncDuty, ValidatorBeaconApi } from './beacon-api.ts';
import { outcomeOf, type DutyOutcome, type Performed } from './outcome.ts';
import type { RemoteSigner } from './remote-signer.ts';

const SYNC_SUBCOMMITTEES = 4;

/** The duties of two thirds into a slot, for those whom their selection proofs choose. */
export class AggregateDuties {
  readonly #beacon: ValidatorBeaconApi;
  readonly #signer: RemoteSigner;
  readonly #slotsPerEpoch: number;
  readonly #subcommitteeSize = ssz.altair.SyncCommitteeBits.lengthBits / SYNC_SUBCOMMITTEES;

  constructor(beacon: ValidatorBeaconApi, signer: RemoteSigner, slotsPerEpoch: number) {
    this.#beacon = beacon;
    this.#signer = signer;
    this.#slotsPerEpoch = slotsPerEpoch;
  }

  /** @param data what the committee voted for */
  aggregate(slot: number, duty: AttesterDuty, data: Promise<AttestationDataJson>): Promise<DutyOutcome> {
    return outcomeOf('aggregate', slot, duty.pubkey, async () => this.#aggregate(slot, duty, await data));
  }

  async #aggregate(slot: number, duty: AttesterDuty, data: AttestationDataJson): Promise<Performed> {
    const { epoch, version } = this.#forkAt(slot);
    const selectionProof = await this.#signer.sign(duty.pubkey, epoch, {
      type: 'AGGREGATION_SLOT',
      aggregation_slot: { slot: slot.toString() },
    });
    if (!isAggregator(Number(duty.committee_length), selectionProof)) return 'not_chosen';
    const root = ssz.phase0.AttestationData.hashTreeRoot(ssz.phase0.AttestationData.fromJson(data));
    const message = {
      aggregator_index: duty.validator_index,
      aggregate: await this.#beacon.aggregate(toHex(root), duty.committee_index, slot),
      selection_proof: selectionProof,
    };
    const signature = await this.#signer.sign(duty.pubkey, epoch, {
      type: 'AGGREGATE_AND_PROOF_V2',
      aggregate_and_proof: { version, data: message },
    });
    const signed = [{ message, signature }];
    await this.#beacon.publish('v2/validator/aggregate_and_proofs', signed, version.toLowerCase());
    return 'published';
  }

  /** One for each subcommittee that the validator is in. */
  contributions(slot: number, duty: SyncDuty, headRoot: Promise<string> | null): Promise<DutyOutcome>[] {
    const subcommittees = new Set(
      duty.validator_sync_committee_indices.map((position) =>
        Math.floor(Number(position) / this.#subcommitteeSize),
      ),
    );
    return [...subcommittees].map((subcommittee) =>
      outcomeOf('sync_contribution', slot, duty.pubkey, async () =>
        this.#contribute(slot, duty, subcommittee, (await headRoot) ?? ''),
      ),
    );
  }

  async #contribute(
    slot: number,
    duty: SyncDuty,
    subcommittee: number,
    headRoot: string,
  ): Promise<Performed> {
    const { epoch, version } = this.#forkAt(slot);
    const selectionProof = await this.#signer.sign(duty.pubkey, epoch, {
      type: 'SYNC_COMMITTEE_SELECTION_PROOF',
      sync_aggregator_selection_data: { slot: slot.toString(), subcommittee_index: subcommittee.toString() },
    });
    if (!isAggregator(this.#subcommitteeSize, selectionProof)) return 'not_chosen';
    const message = {
      aggregator_index: duty.validator_index,
      contribution: await this.#beacon.contribution(slot, subcommittee, headRoot),
      selection_proof: selectionProof,
    };
    const signature = await this.#signer.sign(duty.pubkey, epoch, {
      type: 'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
      contribution_and_proof: message,
    });
    const signed = [{ message, signature }];
    await this.#beacon.publish('v1/validator/contribution_and_proofs', signed, version.toLowerCase());
    return 'published';
  }

  #forkAt(slot: number): { readonly epoch: number; readonly version: string } {
    const epoch = Math.floor(slot / this.#slotsPerEpoch);
    return { epoch, version: this.#signer.versionAt(epoch) };
  }
}
