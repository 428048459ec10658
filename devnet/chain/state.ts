import type { deneb, phase0 } from '@lodestar/types';
import { emptyJournal, type Journal } from './journal.ts';
import type { StateTree } from './ssz/state-tree.ts';

/**
 * The spec's BeaconState in the form that duties, balances and finality are computed in; `stateRoot` and `stateView`
 * make the SSZ value of it. Slots, epochs and indices are numbers with `Infinity` for the far future, as in the SSZ
 * types; amounts are bigint Gwei; roots and keys are hex, and bytes in what is an SSZ value itself.
 */
export interface BeaconState {
  readonly genesisTimeSeconds: number;
  /** 32 bytes. */
  readonly genesisValidatorsRoot: Uint8Array;
  slot: number;
  fork: Readonly<phase0.Fork>;
  /** Of the latest block. Its state root is zero until the slot is over: the state cannot have its own root. */
  latestHeader: Readonly<phase0.BeaconBlockHeader>;
  /** By slot, as far back as two epochs: the block that was the latest at that slot. */
  blockRoots: Map<number, string>;
  /** By slot, as far back. */
  stateRoots: Map<number, Uint8Array>;
  eth1Data: Readonly<phase0.Eth1Data>;
  eth1DataVotes: readonly Readonly<phase0.Eth1Data>[];
  readonly eth1DepositIndex: number;
  validators: Validator[];
  balances: bigint[];
  /** Participation flags as the specs keep them: bit 0 source, 1 target, 2 head. */
  previousParticipation: Uint8Array;
  currentParticipation: Uint8Array;
  inactivityScores: number[];
  /** By epoch, the recent ones; for an epoch before genesis it is `genesisMix`. */
  randaoMixes: Map<number, Uint8Array>;
  readonly genesisMix: Uint8Array;
  justificationBits: readonly [boolean, boolean, boolean, boolean];
  previousJustified: Checkpoint;
  currentJustified: Checkpoint;
  finalized: Checkpoint;
  currentSyncCommittee: readonly number[];
  nextSyncCommittee: readonly number[];
  /** Sum of the effective balances slashed, by epoch modulo the vector's length. */
  slashings: Map<number, bigint>;
  nextWithdrawalIndex: number;
  nextWithdrawalValidatorIndex: number;
  /** The first deposit request's index; before there was one, 2^64 - 1. */
  depositRequestsStartIndex: bigint;
  depositBalanceToConsume: bigint;
  exitBalanceToConsume: bigint;
  earliestExitEpoch: number;
  consolidationBalanceToConsume: bigint;
  earliestConsolidationEpoch: number;
  pendingDeposits: readonly PendingDeposit[];
  pendingPartialWithdrawals: readonly PendingPartialWithdrawal[];
  pendingConsolidations: readonly PendingConsolidation[];
  /** Proposers of this epoch and the next, from Fulu on (EIP-7917). */
  proposerLookahead: readonly number[] | null;
  executionHeader: Readonly<deneb.ExecutionPayloadHeader>;
  /** The Merkle tree of a state that this one was made from, or of this one; no part of consensus. */
  tree: StateTree | null;
  /** What changed since the parent block's state; no part of consensus. */
  journal: Journal;
  /** Sum of the active effective balances, kept because it is fixed within an epoch. */
  activeBalanceMemo: { readonly epoch: number; readonly gwei: bigint } | null;
  /** The proposers of an epoch, kept because they too are fixed once it begins. */
  proposersMemo: { readonly epoch: number; readonly proposers: readonly number[] } | null;
}

/** Replaced and never changed, so that states share them. */
export interface Validator {
  readonly pubkey: string;
  readonly withdrawalCredentials: string;
  readonly effectiveBalance: bigint;
  readonly slashed: boolean;
  readonly activationEligibilityEpoch: number;
  readonly activationEpoch: number;
  readonly exitEpoch: number;
  readonly withdrawableEpoch: number;
}

export interface Checkpoint {
  readonly epoch: number;
  readonly root: string;
}

export interface PendingDeposit {
  readonly pubkey: string;
  readonly withdrawalCredentials: string;
  readonly amount: bigint;
  /** 96 bytes. */
  readonly signature: Uint8Array;
  /** Whether its proof of possession holds, judged when it came; a top-up needs none. */
  readonly signatureValid: boolean;
  readonly slot: number;
}

export interface PendingPartialWithdrawal {
  readonly validatorIndex: number;
  readonly amount: bigint;
  readonly withdrawableEpoch: number;
}

export interface PendingConsolidation {
  readonly sourceIndex: number;
  readonly targetIndex: number;
}

/** A state of its own to build the next one in; its journal starts empty. */
export function cloneState(state: BeaconState): BeaconState {
  return {
    ...state,
    blockRoots: new Map(state.blockRoots),
    stateRoots: new Map(state.stateRoots),
    validators: state.validators.slice(),
    balances: state.balances.slice(),
    previousParticipation: state.previousParticipation.slice(),
    currentParticipation: state.currentParticipation.slice(),
    inactivityScores: state.inactivityScores.slice(),
    randaoMixes: new Map(state.randaoMixes),
    slashings: new Map(state.slashings),
    journal: emptyJournal(),
  };
}

/** @throws RangeError for an index that the registry does not have */
export function validatorAt(state: BeaconState, index: number): Validator {
  const validator = state.validators[index];
  if (validator === undefined) throw new RangeError(`no validator ${index}`);
  return validator;
}

export function updateValidator(state: BeaconState, index: number, change: Partial<Validator>): void {
  state.validators[index] = { ...validatorAt(state, index), ...change };
}

export const isActive = (validator: Validator, epoch: number): boolean =>
  validator.activationEpoch <= epoch && epoch < validator.exitEpoch;
