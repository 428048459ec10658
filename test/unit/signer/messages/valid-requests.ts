import type { ForkName } from '../../../../core/chain/fork.ts';
import type { JsonObject, JsonValue } from '../../../../core/json/parse-strict-json.ts';
import { firstSlotOf, forkInfo, versionOf } from './successive-forks.ts';

/** One valid request of each shape, to be spoiled by the tests. */
export const hex = (bytes: number, fill = '11'): string => `0x${fill.repeat(bytes)}`;

const request = (type: string, fork: ForkName | null, payload: JsonObject): JsonObject => ({
  type,
  ...payload,
  ...(fork === null ? {} : { fork_info: forkInfo(fork) }),
});

export const attestationData = (slot: bigint, index = '0'): JsonObject => ({
  slot: slot.toString(),
  index,
  beacon_block_root: hex(32),
  source: { epoch: slot < 32n ? '0' : (slot / 32n - 1n).toString(), root: hex(32) },
  target: { epoch: (slot / 32n).toString(), root: hex(32) },
});

export const attestation = (fork: ForkName, index = '0') =>
  request('ATTESTATION', fork, { attestation: attestationData(firstSlotOf(fork), index) });

export const header = (slot: bigint): JsonObject => ({
  slot: slot.toString(),
  proposer_index: '7',
  parent_root: hex(32),
  state_root: hex(32),
  body_root: hex(32),
});

export const blockHeader = (fork: ForkName) =>
  request('BLOCK_V2', fork, {
    beacon_block: { version: fork.toUpperCase(), block_header: header(firstSlotOf(fork)) },
  });

export const phase0Block = (): JsonObject => ({
  slot: '5',
  proposer_index: '7',
  parent_root: hex(32),
  state_root: hex(32),
  body: {
    randao_reveal: hex(96),
    eth1_data: { deposit_root: hex(32), deposit_count: '1', block_hash: hex(32) },
    graffiti: hex(32),
    proposer_slashings: [],
    attester_slashings: [],
    attestations: [
      { aggregation_bits: '0x07', data: attestationData(1n), signature: hex(96) },
      { aggregation_bits: '0x07', data: attestationData(2n), signature: hex(96) },
    ],
    deposits: [
      {
        proof: Array.from({ length: 33 }, () => hex(32)),
        data: { pubkey: hex(48), withdrawal_credentials: hex(32), amount: '1', signature: hex(96) },
      },
    ],
    voluntary_exits: [],
  },
});

export const block = () => request('BLOCK', 'phase0', { block: phase0Block() });
export const blockV2Phase0 = () =>
  request('BLOCK_V2', 'phase0', { beacon_block: { version: 'PHASE0', block: phase0Block() } });

export const aggregate = (fork: ForkName): JsonObject => ({
  aggregator_index: '1',
  aggregate: {
    aggregation_bits: '0x07',
    data: attestationData(firstSlotOf(fork)),
    signature: hex(96),
    committee_bits: hex(8, '01'),
  },
  selection_proof: hex(96),
});
export const aggregateRequest = (fork: ForkName, type: string, payload: JsonValue) =>
  request(type, fork, { aggregate_and_proof: payload });

export const exit = (fork: ForkName, epoch: string) =>
  request('VOLUNTARY_EXIT', fork, { voluntary_exit: { epoch, validator_index: '3' } });

export const deposit = () =>
  request('DEPOSIT', null, {
    deposit: {
      pubkey: hex(48),
      withdrawal_credentials: hex(32),
      amount: '32000000000',
      genesis_fork_version: versionOf('phase0'),
    },
  });

export const contribution = (fork: ForkName) =>
  request('SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF', fork, {
    contribution_and_proof: {
      aggregator_index: '1',
      contribution: {
        slot: firstSlotOf(fork).toString(),
        beacon_block_root: hex(32),
        subcommittee_index: '0',
        aggregation_bits: hex(16, 'ff'),
        signature: hex(96),
      },
      selection_proof: hex(96),
    },
  });

export const payloadAttestation = (fork: ForkName, version = 'GLOAS') =>
  request('PAYLOAD_ATTESTATION_MESSAGE', fork, {
    payload_attestation_message: {
      version,
      data: {
        beacon_block_root: hex(32),
        slot: firstSlotOf(fork).toString(),
        payload_present: true,
        blob_data_available: false,
      },
    },
  });

export const proposerPreferences = (limits: JsonObject) =>
  request('PROPOSER_PREFERENCES', 'gloas', {
    proposer_preferences: {
      version: 'GLOAS',
      data: {
        dependent_root: hex(32),
        proposal_slot: firstSlotOf('gloas').toString(),
        validator_index: '1',
        fee_recipient: hex(20),
        ...limits,
      },
    },
  });

export const builderRequestAuth = (data: JsonValue) =>
  request('BUILDER_REQUEST_AUTH', null, {
    builder_request_auth: { version: 'GLOAS', data: { data, slot: '1' } },
  });

/** A copy with the value at a path such as `attestation.source.epoch` replaced, or removed by `undefined`. */
export function spoiled(body: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(body);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop()!;
  const owner = keys.reduce((object, key) => object[key] as JsonObject, copy);
  if (!Object.hasOwn(owner, last) && value === undefined) throw new Error(`${path} is not there to remove`);
  if (value === undefined) Reflect.deleteProperty(owner, last);
  else owner[last] = value;
  return copy;
}
