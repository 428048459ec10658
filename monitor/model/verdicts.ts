import type { Epoch, Root, Slot } from '../../core/units.ts';
import type { AttestationDataFacts } from './block-facts.ts';

/** `unknown`: the blocks or committees that would tell could not be had. Never guessed. */
export const ATTESTATION_RESULTS = [
  'perfect',
  'late',
  'wrong_head',
  'wrong_target',
  'wrong_source',
  'missed',
  'unknown',
] as const;
export type AttestationResult = (typeof ATTESTATION_RESULTS)[number];

/** What became of one validator's vote of one epoch. */
export interface AttestationVerdict {
  readonly validatorIndex: number;
  readonly epoch: Epoch;
  /** The slot it was due in. */
  readonly slot: Slot;
  readonly result: AttestationResult;
  /** Null where it is missed or unknown. */
  readonly inclusion: Inclusion | null;
}

export interface Inclusion {
  /** The first block that has it. */
  readonly slot: Slot;
  /** Slots from the duty to that block; at least 1. */
  readonly distance: number;
  /** The same, less the empty slots in between: what the validator can be blamed for. */
  readonly optimalDistance: number;
  /** Timely by the spec, over all inclusions. */
  readonly source: boolean;
  readonly target: boolean;
  readonly head: boolean;
  /** Every different message of it that is on chain, first the first; two or more are slashable. */
  readonly messages: readonly IncludedMessage[];
}

export interface IncludedMessage {
  readonly data: AttestationDataFacts;
  /** The first block that has it. */
  readonly block: { readonly slot: Slot; readonly root: Root };
}

export const PROPOSAL_RESULTS = ['scheduled', 'included', 'missed', 'orphaned', 'unknown'] as const;
export type ProposalResult = (typeof PROPOSAL_RESULTS)[number];

export interface ProposalVerdict {
  readonly validatorIndex: number;
  readonly slot: Slot;
  readonly result: ProposalResult;
  /** Of the block included or left behind. */
  readonly blockRoot: Root | null;
  /** 20 bytes, hex; null without a block or before Bellatrix. */
  readonly feeRecipient: string | null;
  /** 32 bytes, hex. */
  readonly graffiti: string | null;
  /** On the consensus layer; null where it is not known. */
  readonly rewardGwei: bigint | null;
}

/** Sync committee duties of one validator in the blocks of one epoch, over all its positions. */
export interface SyncTally {
  readonly validatorIndex: number;
  readonly epoch: Epoch;
  readonly positions: number;
  /** Positions times blocks. */
  readonly due: number;
  readonly hit: number;
  /** The whole committee in the same blocks. */
  readonly committeeDue: number;
  readonly committeeHit: number;
}

/** Blocks of the whole network in one epoch, and the bits of its sync committee in them. */
export interface NetworkBlocks {
  readonly epoch: Epoch;
  /** Slots with a proposer; genesis has none. */
  readonly due: number;
  readonly included: number;
  /** Positions of the sync committee times blocks. */
  readonly syncDue: number;
  readonly syncHit: number;
}

/** Attestations of the whole network in one epoch, from the bits of its blocks. */
export interface NetworkAttestations {
  readonly epoch: Epoch;
  readonly due: number;
  readonly included: number;
}
