import type { BlockReward, ValidatorState } from '../../beacon/index.ts';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Epoch, Pubkey, Slot } from '../../core/units.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { LedgerPart } from '../model/ledger-part.ts';
import type { ValidatorEvent } from '../model/validator-event.ts';
import type { AttestationVerdict, ProposalVerdict } from '../model/verdicts.ts';
import type { LedgerCalendar } from './calendar.ts';
import type { RewardRules } from './reward-rules.ts';

/** Validators by index, as one state has them. */
export type Snapshot = ReadonlyMap<number, ValidatorState>;

/** Balances after a slot. */
export interface BalancePoint {
  readonly slot: Slot;
  readonly balancesGwei: ReadonlyMap<number, bigint>;
}

/**
 * What the queues of a state did at an epoch's transition, as far as it concerns those who are watched. It is fetched
 * only when a balance asks for it: see `balances/investigate.ts`.
 */
export interface QueueFacts {
  /** Applied, in the order of the queue. */
  readonly deposits: readonly { readonly pubkey: Pubkey; readonly amountGwei: bigint }[];
  readonly consolidations: readonly {
    readonly source: number;
    readonly target: number;
    /** Of the source, as it stood when it moved; used only where the source is not watched itself. */
    readonly balanceGwei: bigint;
    readonly effectiveBalanceGwei: bigint;
  }[];
  /** Sent back to the queue by the Electra fork itself. */
  readonly returned: readonly { readonly pubkey: Pubkey; readonly amountGwei: bigint }[];
}

/** Everything that {@link ledgerParts} looks at. All of it is final, and of one chain. */
export interface LedgerInput {
  readonly epoch: Epoch;
  readonly rules: RewardRules;
  readonly spec: ChainSpec;
  readonly calendar: LedgerCalendar;
  readonly validators: readonly number[];
  /** The canonical blocks of the epoch, ascending. */
  readonly blocks: readonly BlockFacts[];
  /** After the last slot of the epoch before; for epoch 0 the state of genesis. */
  readonly opening: Snapshot;
  /** After the last slot of the epoch. */
  readonly closing: Snapshot;
  /**
   * After the last slot before each cut, for all; and wherever else a balance is known, for some: around a proposal
   * whose reward is not.
   */
  readonly points: readonly BalancePoint[];
  /**
   * For the votes of two epochs before, by validator. One that is missing, or whose method is `balance`, is worked out
   * from the balance; a switch to compounding in the same stretch takes it along in the excess that it sends away.
   */
  readonly voteRewards: ReadonlyMap<number, VoteReward>;
  /** Positions of the watched in the epoch's sync committee. */
  readonly syncPositions: ReadonlyMap<number, readonly number[]>;
  /** What a position earns in a block of this epoch. Null where nobody tells: then the balance does. */
  readonly syncRewardGwei: bigint | null;
  /** Of the watched proposers' blocks, by slot. One that is missing is worked out from the balance. */
  readonly blockRewards: ReadonlyMap<Slot, BlockReward>;
  /** Of the votes due in this epoch. */
  readonly verdicts: readonly AttestationVerdict[];
  readonly proposals: readonly ProposalVerdict[];
  /** Null until a balance asked for it. */
  readonly queue: QueueFacts | null;
}

/** What a balance did between two points where it is known, beyond everything that explains it. */
export interface Unexplained {
  readonly validatorIndex: number;
  readonly gwei: bigint;
  readonly startSlot: Slot;
  readonly endSlot: Slot;
}

export interface LedgerResult {
  readonly parts: readonly LedgerPart[];
  /** Withdrawals, applied deposits, consolidations, slashings, correlation penalties, and excess sent to the queue. */
  readonly events: readonly ValidatorEvent[];
  readonly unexplained: readonly Unexplained[];
}
