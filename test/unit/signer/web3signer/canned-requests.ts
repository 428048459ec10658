import { forkAtEpoch } from '../../../../core/chain/chain-spec.ts';
import { FORK_NAMES, isAtLeast, type ForkName } from '../../../../core/chain/fork.ts';
import { toHex } from '../../../../core/hex.ts';
import { epoch } from '../../../../core/units.ts';
import * as bodies from '../../../support/signer-bodies.ts';
import { bytes } from '../../../support/signer-bodies.ts';
import { firstEpochOf, forkInfoAt, NETWORK } from '../../../support/signer-network.ts';
import * as oracle from '../../../support/ssz-oracle.ts';
import { signingRootOf, uint53, uint64, type Json, type Layout } from '../../../support/ssz-oracle.ts';
import * as layouts from '../messages/spec-layouts.ts';

/**
 * One sign request of every type of the remote signing API, for the network of the tests (minimal preset), with the
 * signing root that an implementation independent of the signer's computes from it.
 */
export interface CannedRequest {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly root: string;
}

/** The forks that Web3Signer's own tests go through. */
export const FORKS: readonly ForkName[] = FORK_NAMES.filter((fork) => !isAtLeast(fork, 'gloas'));

/** The clock of these tests: late in the last of the forks, so that nothing is from the future. */
export const LATE_SLOT = (firstEpochOf('fulu') + 5n) * NETWORK.slotsPerEpoch;

const ZERO_ROOT = `0x${'00'.repeat(32)}`;
const slotIn = (fork: ForkName): bigint => firstEpochOf(fork) * NETWORK.slotsPerEpoch + 1n;
const versionAt = (at: bigint): string => toHex(forkAtEpoch(NETWORK, epoch(at)).version);

const signature = oracle.bytes(96);
/** Where the minimal preset has other lengths than the mainnet preset. */
const altairBlock = withBody({
  sync_aggregate: oracle.container({
    sync_committee_bits: oracle.bitvector(32),
    sync_committee_signature: signature,
  }),
});
const electraAggregate = oracle.container({
  aggregator_index: uint53,
  aggregate: oracle.container({
    aggregation_bits: oracle.bitlist(8192, 8),
    data: layouts.attestationData,
    signature,
    committee_bits: oracle.bitvector(4),
  }),
  selection_proof: signature,
});
const contributionAndProof = oracle.container({
  aggregator_index: uint53,
  contribution: oracle.container({
    slot: uint53,
    beacon_block_root: oracle.bytes(32),
    subcommittee_index: uint53,
    aggregation_bits: oracle.bitvector(8),
    signature,
  }),
  selection_proof: signature,
});

function inFork(at: bigint, domainType: string, layout: Layout, json: unknown): string {
  return signingRootOf(layout.root(json as Json), domainType, versionAt(at), NETWORK.genesisValidatorsRoot);
}
const ofGenesis = (domainType: string, layout: Layout, json: unknown): string =>
  signingRootOf(layout.root(json as Json), domainType, versionAt(0n), ZERO_ROOT);

export function blockV2(fork: ForkName): CannedRequest {
  const name = `BLOCK_V2 ${fork.toUpperCase()}`;
  const at = firstEpochOf(fork);
  if (isAtLeast(fork, 'bellatrix')) {
    const body = bodies.block(slotIn(fork));
    const root = inFork(at, '0x00000000', layouts.blockHeader, body.beacon_block.block_header);
    return { name, body, root };
  }
  const phase0 = bodies.phase0Block(slotIn(fork));
  if (fork === 'phase0') {
    const root = inFork(at, '0x00000000', layouts.phase0Block, phase0);
    return { name, body: bodies.fullBlockV2(slotIn(fork)), root };
  }
  const syncAggregate = { sync_committee_bits: bytes(4, 'ff'), sync_committee_signature: bytes(96) };
  const block = { ...phase0, body: { ...phase0.body, sync_aggregate: syncAggregate } };
  return {
    name,
    body: { type: 'BLOCK_V2', fork_info: forkInfoAt(at), beacon_block: { version: 'ALTAIR', block } },
    root: inFork(at, '0x00000000', altairBlock, block),
  };
}

/** The container of the phase0 block with further members in its body. */
function withBody(further: Readonly<Record<string, Layout>>): Layout {
  const { header, body } = layouts.phase0BlockFields;
  return oracle.container({ ...header, body: oracle.container({ ...body, ...further }) });
}

export const legacyBlock = (): CannedRequest => ({
  name: 'BLOCK',
  body: bodies.fullBlock(slotIn('phase0')),
  root: inFork(0n, '0x00000000', layouts.phase0Block, bodies.phase0Block(slotIn('phase0'))),
});

export function aggregateAndProof(fork: ForkName, type: string): CannedRequest {
  const at = firstEpochOf(fork);
  const electra = isAtLeast(fork, 'electra');
  const slot = slotIn(fork);
  const message = {
    aggregator_index: '7',
    aggregate: {
      aggregation_bits: '0x0f',
      data: bodies.attestationData(at === 0n ? 0n : at - 1n, at, { slot }),
      signature: bytes(96),
      ...(electra ? { committee_bits: '0x01' } : {}),
    },
    selection_proof: bytes(96, '22'),
  };
  const wrapped = { version: fork.toUpperCase(), data: message };
  return {
    name: `${type} ${fork.toUpperCase()}`,
    body: {
      type,
      fork_info: forkInfoAt(at),
      aggregate_and_proof: type === 'AGGREGATE_AND_PROOF_V2' ? wrapped : message,
    },
    root: inFork(at, '0x06000000', electra ? electraAggregate : layouts.phase0Aggregate, message),
  };
}

const AT = firstEpochOf('fulu') + 3n;
const SLOT = AT * NETWORK.slotsPerEpoch;

/** A message of the present, under its payload key. */
function canned(
  type: string,
  key: string,
  message: Readonly<Record<string, unknown>>,
  root: string,
): CannedRequest {
  return { name: type, body: { type, fork_info: forkInfoAt(AT), [key]: message }, root };
}

function syncMessages(): CannedRequest[] {
  const message = { beacon_block_root: bytes(32, '33'), slot: SLOT.toString() };
  const selection = { slot: SLOT.toString(), subcommittee_index: '3' };
  const contribution = {
    aggregator_index: '7',
    contribution: {
      slot: SLOT.toString(),
      beacon_block_root: bytes(32, '44'),
      subcommittee_index: '1',
      aggregation_bits: '0x81',
      signature: bytes(96),
    },
    selection_proof: bytes(96, '55'),
  };
  const messageRoot = inFork(AT, '0x07000000', oracle.bytes(32), message.beacon_block_root);
  return [
    canned('SYNC_COMMITTEE_MESSAGE', 'sync_committee_message', message, messageRoot),
    canned(
      'SYNC_COMMITTEE_SELECTION_PROOF',
      'sync_aggregator_selection_data',
      selection,
      inFork(AT, '0x08000000', layouts.syncSelection, selection),
    ),
    canned(
      'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
      'contribution_and_proof',
      contribution,
      inFork(AT, '0x09000000', contributionAndProof, contribution),
    ),
  ];
}

/** Every type that Web3Signer has. */
export function everyType(): CannedRequest[] {
  const vote = bodies.attestation(AT - 1n, AT);
  const exit = bodies.voluntaryExit(AT);
  const deposit = bodies.deposit(versionAt(0n));
  const registration = bodies.validatorRegistration(bytes(20, 'ee'));
  // Since Deneb exits are bound to Capella (EIP-7044), whatever fork is in force.
  const exitRoot = inFork(firstEpochOf('capella'), '0x04000000', layouts.voluntaryExit, exit.voluntary_exit);
  return [
    legacyBlock(),
    blockV2('fulu'),
    {
      name: 'ATTESTATION',
      body: vote,
      root: inFork(AT, '0x01000000', layouts.attestationData, vote.attestation),
    },
    {
      name: 'AGGREGATION_SLOT',
      body: bodies.aggregationSlot(SLOT),
      root: inFork(AT, '0x05000000', uint64, SLOT.toString()),
    },
    aggregateAndProof('deneb', 'AGGREGATE_AND_PROOF'),
    aggregateAndProof('fulu', 'AGGREGATE_AND_PROOF_V2'),
    {
      name: 'RANDAO_REVEAL',
      body: bodies.randaoReveal(AT),
      root: inFork(AT, '0x02000000', uint64, AT.toString()),
    },
    { name: 'VOLUNTARY_EXIT', body: exit, root: exitRoot },
    {
      name: 'DEPOSIT',
      body: deposit,
      root: ofGenesis('0x03000000', layouts.depositMessage, deposit.deposit),
    },
    ...syncMessages(),
    {
      name: 'VALIDATOR_REGISTRATION',
      body: registration,
      root: ofGenesis('0x00000001', layouts.validatorRegistration, registration.validator_registration),
    },
  ];
}
