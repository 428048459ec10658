import type { Epoch, Root, Slot } from '../../core/units.ts';
import type { ExecutionPayment, LedgerPart } from './ledger-part.ts';
import type { ValidatorEvent } from './validator-event.ts';
import type {
  AttestationVerdict,
  NetworkAttestations,
  NetworkBlocks,
  ProposalVerdict,
  SyncTally,
} from './verdicts.ts';

/** A vote's reward that is known but not yet in a balance: votes of an epoch are credited at the start of `+ 2`. */
export interface VoteReward {
  readonly validatorIndex: number;
  /** Of the vote. */
  readonly epoch: Epoch;
  readonly gwei: bigint;
  readonly idealGwei: bigint;
  readonly method: 'endpoint' | 'blocks' | 'balance';
}

/** The last block at or before a slot that a ledger row ends at; statements name it. */
export interface ChainCheckpoint {
  readonly slot: Slot;
  readonly blockRoot: Root;
  readonly stateRoot: Root;
  readonly executionBlock: bigint;
}

/**
 * Everything that is final about one epoch for some validators. It is written whole, in one transaction, or not at all,
 * and writing it twice changes nothing. Votes are those made in the epoch; ledger parts cover its slots.
 */
export interface EpochRecord {
  readonly epoch: Epoch;
  /** For whom: everybody who was watched, or those whose past is being repaired. */
  readonly validators: readonly number[];
  readonly attestations: readonly AttestationVerdict[];
  readonly network: NetworkAttestations | null;
  readonly networkBlocks: NetworkBlocks;
  readonly proposals: readonly ProposalVerdict[];
  readonly sync: readonly SyncTally[];
  readonly voteRewards: readonly VoteReward[];
  readonly parts: readonly LedgerPart[];
  readonly payments: readonly ExecutionPayment[];
  readonly events: readonly ValidatorEvent[];
  readonly checkpoints: readonly ChainCheckpoint[];
}
