import type { Slot } from '../../core/units.ts';

/** How the attestation rewards of a part are known. */
export const REWARD_METHODS = ['endpoint', 'blocks', 'balance'] as const;
/**
 * `endpoint`: the node's rewards endpoint. `blocks`: the spec's formulas over blocks and registry. `balance`: what the
 * balance did less all that is known, so that the residual proves nothing.
 */
export type RewardMethod = (typeof REWARD_METHODS)[number];

/** Signed unless said otherwise; Gwei. */
export interface LedgerAmounts {
  readonly attestationGwei: bigint;
  /** What a perfect vote would have earned in the same epochs; never negative. */
  readonly idealAttestationGwei: bigint;
  readonly syncGwei: bigint;
  /** What all positions would have earned had every bit been set; never negative. */
  readonly idealSyncGwei: bigint;
  readonly proposerGwei: bigint;
  /** Initial and correlation penalty and what was lost while slashed; never positive. */
  readonly slashingGwei: bigint;
  readonly withdrawalsPartialGwei: bigint;
  readonly withdrawalsFullGwei: bigint;
  /** What was applied; an excess that compounding credentials send back to the queue is negative. */
  readonly depositsGwei: bigint;
  readonly consolidationGwei: bigint;
}

/** Counts of what is final. */
export interface LedgerDuties {
  readonly attestationsAssigned: number;
  readonly attestationsIncluded: number;
  readonly proposalsAssigned: number;
  readonly proposalsIncluded: number;
  readonly syncAssigned: number;
  readonly syncIncluded: number;
}

/**
 * A stretch of slots of one validator inside one ledger day, final, with both balances: the identity of the balance
 * holds over it, and over any number of adjoining ones added up.
 */
export interface LedgerPart extends LedgerAmounts {
  readonly validatorIndex: number;
  /** `yyyy-mm-dd` in the ledger's calendar, or the name of its period. */
  readonly day: string;
  /** First and last slot, both included. */
  readonly startSlot: Slot;
  readonly endSlot: Slot;
  /** After the last slot before the part, and after its last slot. */
  readonly openingBalanceGwei: bigint;
  readonly closingBalanceGwei: bigint;
  readonly effectiveBalanceGwei: bigint;
  /** closing - opening - all amounts; 0 where everything is explained. */
  readonly residualGwei: bigint;
  readonly method: RewardMethod;
  readonly duties: LedgerDuties;
}

/** What one block of a validator paid on the execution layer. */
export interface ExecutionPayment {
  readonly validatorIndex: number;
  readonly slot: Slot;
  readonly amountWei: bigint;
  readonly kind: 'vanilla' | 'mev';
  readonly method: 'receipts' | 'last-transaction' | 'relay' | 'balance-delta' | 'none';
  /** `unresolved`: nobody could prove what the block paid; the amount is then the least that is certain. */
  readonly confidence: 'exact' | 'probable' | 'unresolved';
  readonly feeRecipient: string;
}
