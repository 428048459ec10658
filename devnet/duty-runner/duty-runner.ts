import { ssz } from '@lodestar/types';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { slotsPerEpochOf } from '../../core/chain/preset.ts';
import { toHex } from '../../core/hex.ts';
import { AggregateDuties } from './aggregate-duties.ts';
import {
  ValidatorBeaconApi,
  type AttestationDataJson,
  type AttesterDuty,
  type SyncDuty,
} from './beacon-api.ts';
import { outcomeOf, type DutyOutcome, type Performed } from './outcome.ts';
import { RemoteSigner } from './remote-signer.ts';

interface EpochDuties {
  readonly epoch: number;
  readonly attesters: readonly AttesterDuty[];
  /** By slot: the proposer among our keys. */
  readonly proposers: ReadonlyMap<number, string>;
}

export interface DutyRunnerOptions {
  readonly beaconUrl: string;
  readonly signerUrl: string;
  /** Default: all keys that the signer has. */
  readonly pubkeys?: readonly string[];
  /** 32 bytes, hex. */
  readonly graffiti?: string;
}

const DEFAULT_GRAFFITI = `0x${Buffer.from('vigil devnet').toString('hex').padEnd(64, '0')}`;

/**
 * A small validator client: asks a beacon node for duties and a remote signer for signatures, and publishes what it
 * gets. It has no keys and no memory of what it signed; that is the signer's business.
 */
export class DutyRunner {
  readonly #beacon: ValidatorBeaconApi;
  readonly #signer: RemoteSigner;
  readonly #slotsPerEpoch: number;
  readonly #aggregates: AggregateDuties;
  readonly #graffiti: string;
  readonly #wanted: readonly string[];
  #duties: EpochDuties | null = null;
  #sync: { readonly epoch: number; readonly duties: readonly SyncDuty[] } | null = null;
  /** What was voted for in a slot, to be aggregated later in it. */
  #voted: { readonly slot: number; readonly data: Promise<AttestationDataJson> } | null = null;

  private constructor(
    options: DutyRunnerOptions,
    parts: { beacon: ValidatorBeaconApi; signer: RemoteSigner; spec: ChainSpec; pubkeys: readonly string[] },
  ) {
    this.#beacon = parts.beacon;
    this.#signer = parts.signer;
    this.#slotsPerEpoch = Number(slotsPerEpochOf(parts.spec.presetBase));
    this.#aggregates = new AggregateDuties(parts.beacon, parts.signer, this.#slotsPerEpoch);
    this.#graffiti = options.graffiti ?? DEFAULT_GRAFFITI;
    this.#wanted = parts.pubkeys;
  }

  /** The preset of the chain must be active in this process. */
  static async connect(options: DutyRunnerOptions): Promise<DutyRunner> {
    const beacon = new ValidatorBeaconApi(options.beaconUrl);
    const spec = await beacon.spec();
    const signer = new RemoteSigner(options.signerUrl, spec);
    const pubkeys = options.pubkeys ?? (await signer.pubkeys());
    return new DutyRunner(options, { beacon, signer, spec, pubkeys });
  }

  /** At the start of a slot. */
  async propose(slot: number): Promise<DutyOutcome[]> {
    const { proposers } = await this.#dutiesOf(slot);
    const pubkey = proposers.get(slot);
    if (pubkey === undefined) return [];
    return [await outcomeOf('block', slot, pubkey, () => this.#proposeAs(pubkey, slot))];
  }

  async #proposeAs(pubkey: string, slot: number): Promise<Performed> {
    const epoch = this.#epochOf(slot);
    const reveal = await this.#signer.sign(pubkey, epoch, {
      type: 'RANDAO_REVEAL',
      randao_reveal: { epoch: epoch.toString() },
    });
    const contents = await this.#beacon.produceBlock(slot, reveal, this.#graffiti);
    const block = ssz.electra.BeaconBlock.fromJson(contents['block']);
    const version = this.#signer.versionAt(epoch);
    const blockHeader = {
      slot: block.slot.toString(),
      proposer_index: block.proposerIndex.toString(),
      parent_root: toHex(block.parentRoot),
      state_root: toHex(block.stateRoot),
      body_root: toHex(ssz.electra.BeaconBlockBody.hashTreeRoot(block.body)),
    };
    const signature = await this.#signer.sign(pubkey, epoch, {
      type: 'BLOCK_V2',
      beacon_block: { version, block_header: blockHeader },
    });
    const signed = { ...contents, signed_block: { message: contents['block'], signature }, block: undefined };
    await this.#beacon.publishBlock(signed, version.toLowerCase());
    return 'published';
  }

  /** A third into the slot: votes and sync committee messages. */
  async attest(slot: number): Promise<DutyOutcome[]> {
    const { attesters } = await this.#dutiesOf(slot);
    const sync = await this.#syncDutiesOf(slot);
    const due = attesters.filter((duty) => duty.slot === slot.toString());
    // Asked for once; when it fails, every duty that waits for it has failed.
    const data = due.length === 0 ? null : this.#beacon.attestationData(slot);
    const headRoot = sync.length === 0 ? null : this.#beacon.headRoot();
    this.#voted = data === null ? null : { slot, data };
    return Promise.all([
      ...due.map((duty) => outcomeOf('attestation', slot, duty.pubkey, () => this.#vote(slot, duty, data))),
      ...sync.map((duty) =>
        outcomeOf('sync_message', slot, duty.pubkey, () => this.#syncMessage(slot, duty, headRoot)),
      ),
    ]);
  }

  async #vote(
    slot: number,
    duty: AttesterDuty,
    asked: Promise<AttestationDataJson> | null,
  ): Promise<Performed> {
    const data = await asked;
    const epoch = this.#epochOf(slot);
    const signature = await this.#signer.sign(duty.pubkey, epoch, { type: 'ATTESTATION', attestation: data });
    const single = {
      committee_index: duty.committee_index,
      attester_index: duty.validator_index,
      ...{ data, signature },
    };
    await this.#beacon.publish('v2/beacon/pool/attestations', [single], this.#versionOf(slot));
    return 'published';
  }

  async #syncMessage(slot: number, duty: SyncDuty, headRoot: Promise<string> | null): Promise<Performed> {
    const message = { slot: slot.toString(), beacon_block_root: await headRoot };
    const signature = await this.#signer.sign(duty.pubkey, this.#epochOf(slot), {
      type: 'SYNC_COMMITTEE_MESSAGE',
      sync_committee_message: message,
    });
    const signed = { ...message, validator_index: duty.validator_index, signature };
    await this.#beacon.publish('v1/beacon/pool/sync_committees', [signed], this.#versionOf(slot));
    return 'published';
  }

  /** Two thirds into the slot: aggregates, by those whom their selection proofs choose. */
  async aggregate(slot: number): Promise<DutyOutcome[]> {
    const { attesters } = await this.#dutiesOf(slot);
    const sync = await this.#syncDutiesOf(slot);
    const due = attesters.filter((duty) => duty.slot === slot.toString());
    const data = this.#voted?.slot === slot ? this.#voted.data : null;
    const headRoot = sync.length === 0 ? null : this.#beacon.headRoot();
    const outcomes = await Promise.all([
      ...(data === null ? [] : due.map((duty) => this.#aggregates.aggregate(slot, duty, data))),
      ...sync.flatMap((duty) => this.#aggregates.contributions(slot, duty, headRoot)),
    ]);
    return outcomes.filter(({ result }) => result !== 'not_chosen');
  }

  async #dutiesOf(slot: number): Promise<EpochDuties> {
    const epoch = this.#epochOf(slot);
    if (this.#duties?.epoch === epoch) return this.#duties;
    const ours = await this.#beacon.indices(this.#wanted);
    const indices = [...ours.values()];
    const [attesters, proposers] = await Promise.all([
      this.#beacon.attesterDuties(epoch, indices),
      this.#beacon.proposerDuties(epoch),
    ]);
    const own = proposers.filter(({ pubkey }) => ours.has(pubkey));
    this.#duties = {
      ...{ epoch, attesters },
      proposers: new Map(own.map(({ slot: at, pubkey }) => [Number(at), pubkey])),
    };
    return this.#duties;
  }

  /** The next slot's block includes what is signed in a slot, so in the last slot of a period the next committee signs. */
  async #syncDutiesOf(slot: number): Promise<readonly SyncDuty[]> {
    const epoch = this.#epochOf(slot + 1);
    if (this.#sync?.epoch === epoch) return this.#sync.duties;
    const ours = await this.#beacon.indices(this.#wanted);
    const duties = await this.#beacon.syncDuties(epoch, [...ours.values()]);
    this.#sync = { epoch, duties };
    return duties;
  }

  #epochOf(slot: number): number {
    return Math.floor(slot / this.#slotsPerEpoch);
  }

  #versionOf(slot: number): string {
    return this.#signer.versionAt(this.#epochOf(slot)).toLowerCase();
  }
}
