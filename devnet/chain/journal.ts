/** Why a balance changed. The simulation's truth is the sum of these, and every change of a balance has one. */
export const COMPONENTS = [
  'source',
  'target',
  'head',
  'inactivity',
  'sync',
  'proposer_attestations',
  'proposer_sync',
  'proposer_slashings',
  'attester_slashings',
  'slashing_initial',
  'slashing_correlation',
  'withdrawal',
  'deposit',
  'consolidation',
  'compounding_excess',
] as const;
export type Component = (typeof COMPONENTS)[number];

export interface BalanceChange {
  /** The block's slot, or the first slot of the epoch whose transition it was. */
  readonly slot: number;
  readonly validator: number;
  readonly component: Component;
  /** What the balance really changed by: a penalty stops at zero. */
  readonly gwei: bigint;
  /** What the rules say, before stopping at zero. */
  readonly owedGwei: bigint;
}

/** One validator's vote in one included attestation. */
export interface IncludedVote {
  readonly validator: number;
  readonly slot: number;
  readonly committeeIndex: number;
  readonly inclusionSlot: number;
  /** Flags this inclusion is worth: bit 0 source, 1 target, 2 head; before asking which were set already. */
  readonly flags: number;
  /** Root of the attestation data. */
  readonly dataRoot: string;
  readonly matchesHead: boolean;
  readonly matchesTarget: boolean;
}

export interface SyncParticipation {
  readonly slot: number;
  readonly validator: number;
  readonly position: number;
  readonly hit: boolean;
}

/** What the rewards of one epoch's votes depended on, when they were credited. */
export interface EpochRewards {
  /** The epoch of the votes; they are credited at the transition into `epoch + 2`. */
  readonly epoch: number;
  readonly baseRewardPerIncrement: bigint;
  readonly activeIncrements: bigint;
  /** Increments that voted, for source, target and head. */
  readonly participatingIncrements: readonly bigint[];
  readonly inLeak: boolean;
  /** Those who were rewarded or penalized, zero amounts included. */
  readonly eligible: readonly number[];
}

/** What happened between a block's parent and the block. */
export interface Journal {
  readonly balances: BalanceChange[];
  readonly votes: IncludedVote[];
  readonly sync: SyncParticipation[];
  readonly epochs: EpochRewards[];
}

export const emptyJournal = (): Journal => ({ balances: [], votes: [], sync: [], epochs: [] });
