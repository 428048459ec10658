import type { routes } from '@lodestar/api';

/** The operations of the Beacon API by the names that the consensus clients share. */
type ApiOperation =
  | keyof routes.beacon.Endpoints
  | keyof routes.config.Endpoints
  | keyof routes.events.Endpoints
  | keyof routes.node.Endpoints
  | keyof routes.validator.Endpoints;

interface OperationShape {
  readonly method: 'GET' | 'POST';
  /** With `{names}` where the parameters go. */
  readonly template: string;
  /** Longest answer that is read. */
  readonly maxBytes: number;
  /** The node computes over a whole epoch or registry: it may take its time. */
  readonly slow?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every operation that Vigil asks for, and how much it reads of the answer. */
export const OPERATIONS = {
  getGenesis: { method: 'GET', template: '/eth/v1/beacon/genesis', maxBytes: 64 * KIB },
  getSpec: { method: 'GET', template: '/eth/v1/config/spec', maxBytes: MIB },
  getSyncingStatus: { method: 'GET', template: '/eth/v1/node/syncing', maxBytes: 64 * KIB },
  getNodeVersion: { method: 'GET', template: '/eth/v1/node/version', maxBytes: 64 * KIB },
  getHealth: { method: 'GET', template: '/eth/v1/node/health', maxBytes: 64 * KIB },
  getBlockHeader: { method: 'GET', template: '/eth/v1/beacon/headers/{block_id}', maxBytes: 64 * KIB },
  getBlockHeaders: { method: 'GET', template: '/eth/v1/beacon/headers', maxBytes: MIB },
  getBlockRoot: { method: 'GET', template: '/eth/v1/beacon/blocks/{block_id}/root', maxBytes: 64 * KIB },
  // A block is 10 MiB at most (EIP-7934), and hex in JSON doubles that.
  getBlockV2: { method: 'GET', template: '/eth/v2/beacon/blocks/{block_id}', maxBytes: 32 * MIB },
  getStateFinalityCheckpoints: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/finality_checkpoints',
    maxBytes: 64 * KIB,
  },
  // About half a kilobyte each, and at most a chunk of them is asked for at a time.
  postStateValidators: {
    method: 'POST',
    template: '/eth/v1/beacon/states/{state_id}/validators',
    maxBytes: 8 * MIB,
    slow: true,
  },
  postStateValidatorBalances: {
    method: 'POST',
    template: '/eth/v1/beacon/states/{state_id}/validator_balances',
    maxBytes: MIB,
    slow: true,
  },
  // Every active validator of the network once: about 10 MB for a million of them.
  getEpochCommittees: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/committees',
    maxBytes: 64 * MIB,
    slow: true,
  },
  getEpochSyncCommittees: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/sync_committees',
    maxBytes: MIB,
  },
  // The whole network's queues; of deposits there may be tens of thousands, half a kilobyte each.
  getPendingDeposits: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/pending_deposits',
    maxBytes: 64 * MIB,
    slow: true,
  },
  getPendingConsolidations: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/pending_consolidations',
    maxBytes: 16 * MIB,
    slow: true,
  },
  getPendingPartialWithdrawals: {
    method: 'GET',
    template: '/eth/v1/beacon/states/{state_id}/pending_partial_withdrawals',
    maxBytes: 16 * MIB,
    slow: true,
  },
  getAttesterDuties: {
    method: 'POST',
    template: '/eth/v1/validator/duties/attester/{epoch}',
    maxBytes: 4 * MIB,
    slow: true,
  },
  getProposerDuties: { method: 'GET', template: '/eth/v1/validator/duties/proposer/{epoch}', maxBytes: MIB },
  getSyncCommitteeDuties: {
    method: 'POST',
    template: '/eth/v1/validator/duties/sync/{epoch}',
    maxBytes: MIB,
  },
  getLiveness: { method: 'POST', template: '/eth/v1/validator/liveness/{epoch}', maxBytes: MIB, slow: true },
  // The ideal rewards come for each of up to 2048 effective balances, whoever was asked about.
  getAttestationsRewards: {
    method: 'POST',
    template: '/eth/v1/beacon/rewards/attestations/{epoch}',
    maxBytes: 8 * MIB,
    slow: true,
  },
  getBlockRewards: {
    method: 'GET',
    template: '/eth/v1/beacon/rewards/blocks/{block_id}',
    maxBytes: 64 * KIB,
  },
  getSyncCommitteeRewards: {
    method: 'POST',
    template: '/eth/v1/beacon/rewards/sync_committee/{block_id}',
    maxBytes: MIB,
  },
  submitPoolVoluntaryExit: {
    method: 'POST',
    template: '/eth/v1/beacon/pool/voluntary_exits',
    maxBytes: 64 * KIB,
  },
  submitPoolBLSToExecutionChange: {
    method: 'POST',
    template: '/eth/v1/beacon/pool/bls_to_execution_changes',
    maxBytes: MIB,
  },
  eventstream: { method: 'GET', template: '/eth/v1/events', maxBytes: MIB },
} as const satisfies Partial<Record<ApiOperation, OperationShape>>;

export type Operation = keyof typeof OPERATIONS;

export const operationShape = (operation: Operation): OperationShape => OPERATIONS[operation];
