/** The public door of `beacon/`: ask several nodes as one, follow the chain, count it all. */
export { gaveNoAnswer, BEACON_ERRORS, beaconError } from './errors.ts';
export { createBeaconMetrics, type BeaconMetrics, type NodeMetrics } from './metrics.ts';
export type { Answer, Call } from './node/call.ts';
export { BeaconFailure, type FailureKind } from './node/failure.ts';
export { NodeAddress } from './node/node-address.ts';
export { NodeClient, type NodeClientOptions } from './node/node-client.ts';
export { BeaconNodes, type BeaconNodesOptions, type NodeReport } from './nodes.ts';
export type { Doubt, TruthLimits } from './nodes/judge-node.ts';
export { ChainFeed, type ChainFeedOptions } from './events/chain-feed.ts';
export type { BlockPoint, ChainEvent } from './events/chain-event.ts';
export type { EventTopic } from './events/event-topics.ts';
export type { BlockId, StateId } from './endpoints/ids.ts';
export { configSpec, genesis } from './endpoints/network.ts';
export {
  nodeHealth,
  nodeVersion,
  syncing,
  type NodeHealth,
  type SyncStatus,
} from './endpoints/node-status.ts';
export { blockRoot, header, headersAt, type BlockHeader } from './endpoints/headers.ts';
export { block, type BlockAnswer } from './endpoints/block.ts';
export {
  validatorBalances,
  validators,
  VALIDATOR_STATUSES,
  type ValidatorBalance,
  type ValidatorState,
  type ValidatorStatus,
} from './endpoints/validators.ts';
export { committees, syncCommittee, type Committee } from './endpoints/committees.ts';
export { finalityCheckpoints, type Checkpoint, type FinalityCheckpoints } from './endpoints/finality.ts';
export {
  pendingConsolidations,
  pendingDeposits,
  pendingPartialWithdrawals,
  type PendingConsolidation,
  type PendingDeposit,
  type PendingPartialWithdrawal,
} from './endpoints/pending.ts';
export {
  submitBlsToExecutionChanges,
  submitVoluntaryExit,
  type SignedBlsToExecutionChange,
  type SignedVoluntaryExit,
} from './endpoints/pool.ts';
export {
  attesterDuties,
  proposerDuties,
  syncDuties,
  type AttesterDuty,
  type ProposerDuties,
  type ProposerDuty,
  type SyncDuty,
} from './endpoints/duties.ts';
export { liveness, type Liveness } from './endpoints/liveness.ts';
export {
  attestationRewards,
  blockRewards,
  syncRewards,
  type AttestationReward,
  type AttestationRewards,
  type BlockReward,
  type IdealReward,
  type SyncReward,
} from './endpoints/rewards.ts';
