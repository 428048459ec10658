import { ssz } from '@lodestar/types';
import { FORK_NAMES, isAtLeast, type ForkName } from '../../../core/chain/fork.ts';
import type { MessageType } from '../../messages/index.ts';
import { anyBytes, array, bytes, object, oneOfWords, ref, type Schema } from './schema.ts';
import type { SszSchemas } from './ssz-schema.ts';

/** What a sign request of one type has in it besides `type`. */
export interface SignPayload {
  readonly schema: Schema;
  /** Left out where the domain is the same on every fork: there it is not looked at, or need not be sent. */
  readonly forkInfo?: 'required' | 'optional';
  /** Members beside the payload. */
  readonly beside?: Readonly<Record<string, Schema>>;
}

const NOTHING: Schema = { type: 'null' };

const versions = (from: ForkName, to: ForkName = 'heze'): Schema =>
  oneOfWords(
    ...FORK_NAMES.filter((name) => isAtLeast(name, from) && isAtLeast(to, name)).map((name) =>
      name.toUpperCase(),
    ),
  );

const versioned = (from: ForkName, data: Schema): Schema => object({ version: versions(from), data });

/** The shape of every type that `messages/registry.ts` knows; a new type does not compile without its own. */
export function signPayloads(types: SszSchemas): Readonly<Record<MessageType, SignPayload>> {
  const onFork = (schema: Schema): SignPayload => ({ schema, forkInfo: 'required' });
  const proofs = { proofs: { ...array(BLOCK_PROOF), type: ['array', 'null'] } };
  const aggregate = onFork(aggregateAndProof(types));
  return {
    BLOCK: { ...onFork(types.of(ssz.phase0.BeaconBlock)), beside: proofs },
    BLOCK_V2: { ...onFork(blockV2(types)), beside: proofs },
    ATTESTATION: onFork(types.of(ssz.phase0.AttestationDataBigint)),
    AGGREGATION_SLOT: onFork(object({ slot: ref('Uint64') })),
    AGGREGATE_AND_PROOF: aggregate,
    AGGREGATE_AND_PROOF_V2: aggregate,
    RANDAO_REVEAL: onFork(object({ epoch: ref('Uint64') })),
    VOLUNTARY_EXIT: onFork(types.of(ssz.phase0.VoluntaryExit)),
    DEPOSIT: { schema: deposit(types) },
    BLS_TO_EXECUTION_CHANGE: {
      schema: types.of(ssz.capella.BLSToExecutionChange),
      forkInfo: 'optional',
    },
    SYNC_COMMITTEE_MESSAGE: onFork(object({ beacon_block_root: ref('Bytes32'), slot: ref('Uint64') })),
    SYNC_COMMITTEE_SELECTION_PROOF: onFork(types.of(ssz.altair.SyncAggregatorSelectionData)),
    SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF: onFork(types.of(ssz.altair.ContributionAndProof)),
    VALIDATOR_REGISTRATION: { schema: types.of(ssz.bellatrix.ValidatorRegistrationV1) },
    EXECUTION_PAYLOAD_BID: onFork(
      versioned('gloas', {
        anyOf: [types.of(ssz.gloas.ExecutionPayloadBid), types.of(ssz.heze.ExecutionPayloadBid)],
      }),
    ),
    EXECUTION_PAYLOAD_ENVELOPE: onFork(versioned('gloas', types.of(ssz.gloas.ExecutionPayloadEnvelope))),
    PAYLOAD_ATTESTATION_MESSAGE: onFork(versioned('gloas', types.of(ssz.gloas.PayloadAttestationData))),
    PROPOSER_PREFERENCES: onFork(versioned('gloas', proposerPreferences(types))),
    BUILDER_REQUEST_AUTH: { schema: versioned('gloas', types.of(ssz.gloas.BuilderRequestAuth)) },
  };
}

const BLOCK_PROOF: Schema = {
  ...object(
    {
      index: ref('Uint64'),
      proof: array(ref('Bytes32')),
      value: { ...anyBytes(), type: ['string', 'null'] },
    },
    ['value'],
  ),
  description: 'A Merkle branch from a field of the body to `body_root`, by its generalized index.',
};

/** Full blocks before Bellatrix, headers from then on. */
function blockV2(types: SszSchemas): Schema {
  const full = (fork: 'phase0' | 'altair', block: Schema): Schema =>
    object({ version: versions(fork, fork), block, block_header: NOTHING }, ['block_header']);
  return {
    oneOf: [
      object(
        {
          version: versions('bellatrix'),
          block_header: types.of(ssz.phase0.BeaconBlockHeader),
          block: NOTHING,
        },
        ['block'],
      ),
      full('phase0', types.of(ssz.phase0.BeaconBlock)),
      full('altair', types.of(ssz.altair.BeaconBlock)),
    ],
  };
}

/** Flat, or in a `{version, data}` envelope; which container it has to be is decided by the slot. */
function aggregateAndProof(types: SszSchemas): Schema {
  const containers = [
    types.of(ssz.gloas.AggregateAndProof),
    types.of(ssz.electra.AggregateAndProof),
    types.of(ssz.phase0.AggregateAndProof),
  ];
  return {
    anyOf: [
      { anyOf: containers, type: 'object', properties: { data: NOTHING } },
      object({ version: ref('ForkName'), data: { anyOf: containers }, aggregate: NOTHING }, ['aggregate']),
    ],
  };
}

const deposit = (types: SszSchemas): Schema => ({
  allOf: [types.of(ssz.phase0.DepositMessage), object({ genesis_fork_version: bytes(4) })],
});

/** The gas limit under its name or under that of earlier drafts; both only if they are equal. */
function proposerPreferences(types: SszSchemas): Schema {
  const { fieldsEntries } = ssz.gloas.ProposerPreferences;
  const members = Object.fromEntries(
    fieldsEntries.map(({ jsonKey, fieldType }) => [jsonKey, types.of(fieldType)]),
  );
  const uint64 = ref('Uint64');
  const orNothing: Schema = { anyOf: [uint64, NOTHING] };
  return {
    anyOf: [
      object({ ...members, target_gas_limit: uint64, gas_limit: orNothing }, ['gas_limit']),
      object({ ...members, target_gas_limit: orNothing, gas_limit: uint64 }, ['target_gas_limit']),
    ],
  };
}
