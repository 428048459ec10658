import { chainSpecFromValues } from '../../core/chain/config-values.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { parseUint64 } from '../../core/uint64.ts';
import { parseRoot } from '../../core/units.ts';
import { requestJson } from './http-json.ts';

export interface AttesterDuty {
  readonly pubkey: string;
  readonly validator_index: string;
  readonly committee_index: string;
  readonly committee_length: string;
  readonly slot: string;
}

export interface ProposerDuty {
  readonly pubkey: string;
  readonly validator_index: string;
  readonly slot: string;
}

export interface SyncDuty {
  readonly pubkey: string;
  readonly validator_index: string;
  readonly validator_sync_committee_indices: readonly string[];
}

export interface AttestationDataJson {
  readonly slot: string;
  readonly index: string;
  readonly beacon_block_root: string;
  readonly source: { readonly epoch: string; readonly root: string };
  readonly target: { readonly epoch: string; readonly root: string };
}

/**
 * The Beacon API as a validator client uses it. The node is taken at its word: this client exists to move a
 * simulated chain, and must never be pointed at a real one with keys that matter.
 */
export class ValidatorBeaconApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
  }

  async spec(): Promise<ChainSpec> {
    const values = (await this.#get('config/spec')) as Record<string, string>;
    const genesis = (await this.#get('beacon/genesis')) as Record<string, string>;
    return chainSpecFromValues(values, {
      genesisTimeSeconds: parseUint64(genesis['genesis_time'], 'genesis_time'),
      genesisValidatorsRoot: parseRoot(genesis['genesis_validators_root'], 'genesis_validators_root'),
    });
  }

  /** By pubkey, those that the chain knows. */
  async indices(pubkeys: readonly string[]): Promise<Map<string, string>> {
    const found = (await this.#post('beacon/states/head/validators', { ids: pubkeys })) as {
      index: string;
      validator: { pubkey: string };
    }[];
    return new Map(found.map(({ index, validator }) => [validator.pubkey, index]));
  }

  async attesterDuties(epoch: number, indices: readonly string[]): Promise<AttesterDuty[]> {
    return (await this.#post(`validator/duties/attester/${epoch}`, indices)) as AttesterDuty[];
  }

  async proposerDuties(epoch: number): Promise<ProposerDuty[]> {
    return (await this.#get(`validator/duties/proposer/${epoch}`)) as ProposerDuty[];
  }

  async syncDuties(epoch: number, indices: readonly string[]): Promise<SyncDuty[]> {
    return (await this.#post(`validator/duties/sync/${epoch}`, indices)) as SyncDuty[];
  }

  async attestationData(slot: number): Promise<AttestationDataJson> {
    return (await this.#get(
      `validator/attestation_data?slot=${slot}&committee_index=0`,
    )) as AttestationDataJson;
  }

  async headRoot(): Promise<string> {
    return ((await this.#get('beacon/blocks/head/root')) as { root: string }).root;
  }

  async produceBlock(slot: number, randaoReveal: string, graffiti: string): Promise<Record<string, unknown>> {
    const query = `randao_reveal=${randaoReveal}&graffiti=${graffiti}`;
    const contents = await this.#get(`validator/blocks/${slot}?${query}`, 'v3');
    return contents as Record<string, unknown>;
  }

  async publishBlock(signed: unknown, version: string): Promise<void> {
    const headers = { 'Eth-Consensus-Version': version };
    await requestJson(`${this.#url}/eth/v2/beacon/blocks`, signed, headers);
  }

  async aggregate(dataRoot: string, committeeIndex: string, slot: number): Promise<unknown> {
    const query = `attestation_data_root=${dataRoot}&committee_index=${committeeIndex}&slot=${slot}`;
    return this.#get(`validator/aggregate_attestation?${query}`, 'v2');
  }

  async contribution(slot: number, subcommittee: number, blockRoot: string): Promise<unknown> {
    const query = `slot=${slot}&subcommittee_index=${subcommittee}&beacon_block_root=${blockRoot}`;
    return this.#get(`validator/sync_committee_contribution?${query}`);
  }

  async publish(
    path:
      | 'v2/beacon/pool/attestations'
      | 'v2/validator/aggregate_and_proofs'
      | 'v1/beacon/pool/sync_committees'
      | 'v1/validator/contribution_and_proofs'
      | 'v1/validator/prepare_beacon_proposer',
    messages: readonly unknown[],
    version: string,
  ): Promise<void> {
    await requestJson(`${this.#url}/eth/${path}`, messages, { 'Eth-Consensus-Version': version });
  }

  async #get(path: string, api = 'v1'): Promise<unknown> {
    return ((await requestJson(`${this.#url}/eth/${api}/${path}`)) as { data: unknown }).data;
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    return ((await requestJson(`${this.#url}/eth/v1/${path}`, body)) as { data: unknown }).data;
  }
}
