import fc from 'fast-check';
import {
  bitlist,
  bitvector,
  boolean,
  byteList,
  bytes,
  container,
  list,
  progressiveBitlist,
  progressiveByteList,
  progressiveContainer,
  progressiveList,
  uint,
  uint53,
  uint64,
  vector,
  type Layout,
} from '../../../support/ssz-oracle.ts';

/**
 * The containers of the consensus specs, mainnet preset, written down by hand from the specs. Order and limits
 * decide the roots. Lists are tried with a few elements only, except where more chunks reach another branch of
 * the merkleization.
 */
const root = bytes(32);
const signature = bytes(96);
const pubkey = bytes(48);
const address = bytes(20);
/** A proposer that builds its own payload sends the largest uint64. */
const builderIndex: Layout = { ...uint64, any: fc.oneof(uint53.any, fc.constant('18446744073709551615')) };

const checkpoint = (epoch: Layout) => container({ epoch, root });

const attestationDataOf = (integer: Layout) =>
  container({
    slot: integer,
    index: integer,
    beacon_block_root: root,
    source: checkpoint(integer),
    target: checkpoint(integer),
  });

export const attestationData = attestationDataOf(uint64);

const headerFields = { slot: uint64, proposer_index: uint53, parent_root: root, state_root: root };
export const blockHeader = container({ ...headerFields, body_root: root });

const signedHeader = container({ message: blockHeader, signature });
const indexedAttestation = container({
  attesting_indices: list(uint53, 2048, 9),
  data: attestationData,
  signature,
});
const phase0Attestation = container({
  aggregation_bits: bitlist(2048, 300),
  data: attestationDataOf(uint53),
  signature,
});
const deposit = container({
  proof: vector(root, 33),
  data: container({ pubkey, withdrawal_credentials: root, amount: uint53, signature }),
});
const phase0Body = {
  randao_reveal: signature,
  eth1_data: container({ deposit_root: root, deposit_count: uint64, block_hash: root }),
  graffiti: root,
  proposer_slashings: list(
    container({ signed_header_1: signedHeader, signed_header_2: signedHeader }),
    16,
    2,
  ),
  attester_slashings: list(
    container({ attestation_1: indexedAttestation, attestation_2: indexedAttestation }),
    2,
    2,
  ),
  attestations: list(phase0Attestation, 128, 3),
  deposits: list(deposit, 16, 1),
  voluntary_exits: list(
    container({ message: container({ epoch: uint53, validator_index: uint53 }), signature }),
    16,
    2,
  ),
};

/** For blocks of the same shape with other lengths. */
export const phase0BlockFields = { header: headerFields, body: phase0Body };

export const phase0Block = container({ ...headerFields, body: container(phase0Body) });
export const altairBlock = container({
  ...headerFields,
  body: container({
    ...phase0Body,
    sync_aggregate: container({ sync_committee_bits: bitvector(512), sync_committee_signature: signature }),
  }),
});

const aggregateOf = (aggregate: Layout) =>
  container({ aggregator_index: uint53, aggregate, selection_proof: signature });
const electraAttestation = {
  aggregation_bits: bitlist(131072, 600),
  data: attestationDataOf(uint53),
  signature,
  committee_bits: bitvector(64),
};
export const phase0Aggregate = aggregateOf(phase0Attestation);
export const electraAggregate = aggregateOf(container(electraAttestation));
export const gloasAggregate = aggregateOf(
  progressiveContainer({ ...electraAttestation, aggregation_bits: progressiveBitlist(1600) }),
);

export const voluntaryExit = container({ epoch: uint53, validator_index: uint53 });
export const blsToExecutionChange = container({
  validator_index: uint53,
  from_bls_pubkey: pubkey,
  to_execution_address: address,
});
export const depositMessage = container({ pubkey, withdrawal_credentials: root, amount: uint53 });
export const syncSelection = container({ slot: uint53, subcommittee_index: uint53 });
export const contributionAndProof = container({
  aggregator_index: uint53,
  contribution: container({
    slot: uint53,
    beacon_block_root: root,
    subcommittee_index: uint53,
    aggregation_bits: bitvector(128),
    signature,
  }),
  selection_proof: signature,
});
export const validatorRegistration = container({
  fee_recipient: address,
  gas_limit: uint53,
  timestamp: uint53,
  pubkey,
});

const bidFields = {
  parent_block_hash: root,
  parent_block_root: root,
  block_hash: root,
  prev_randao: root,
  fee_recipient: address,
  gas_limit: uint64,
  builder_index: builderIndex,
  slot: uint53,
  value: uint53,
  execution_payment: uint64,
  blob_kzg_commitments: progressiveList(bytes(48), 22),
  execution_requests_root: root,
};
export const gloasBid = progressiveContainer(bidFields);
export const hezeBid = progressiveContainer({ ...bidFields, inclusion_list_bits: bitvector(16) });

const withdrawal = container({ index: uint53, validator_index: uint53, address, amount: uint64 });
const executionPayload = progressiveContainer({
  parent_hash: root,
  fee_recipient: address,
  state_root: root,
  receipts_root: root,
  logs_bloom: bytes(256),
  prev_randao: root,
  block_number: uint53,
  gas_limit: uint53,
  gas_used: uint53,
  timestamp: uint53,
  extra_data: byteList(32),
  base_fee_per_gas: uint(32),
  block_hash: root,
  transactions: progressiveList(progressiveByteList(200), 6),
  withdrawals: progressiveList(withdrawal, 6),
  blob_gas_used: uint64,
  excess_blob_gas: uint64,
  block_access_list: progressiveByteList(800),
  slot_number: uint53,
});
const depositRequest = container({
  pubkey,
  withdrawal_credentials: root,
  amount: uint53,
  signature,
  index: uint64,
});
const executionRequests = progressiveContainer({
  deposits: progressiveList(depositRequest, 2),
  withdrawals: progressiveList(
    container({ source_address: address, validator_pubkey: pubkey, amount: uint64 }),
    2,
  ),
  consolidations: progressiveList(
    container({ source_address: address, source_pubkey: pubkey, target_pubkey: pubkey }),
    2,
  ),
  builder_deposits: progressiveList(
    container({ pubkey, withdrawal_credentials: root, amount: uint53, signature }),
    2,
  ),
  builder_exits: progressiveList(container({ source_address: address, pubkey }), 2),
});
export const payloadEnvelope = progressiveContainer({
  payload: executionPayload,
  execution_requests: executionRequests,
  builder_index: builderIndex,
  beacon_block_root: root,
  parent_beacon_block_root: root,
});
export const payloadAttestation = container({
  beacon_block_root: root,
  slot: uint53,
  payload_present: boolean,
  blob_data_available: boolean,
});
export const proposerPreferences = container({
  dependent_root: root,
  proposal_slot: uint53,
  validator_index: uint53,
  fee_recipient: address,
  target_gas_limit: uint64,
});
export const builderRequestAuth = container({ data: byteList(4096, 200), slot: uint53 });
