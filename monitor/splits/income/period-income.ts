import type { Checkpoint, Duties } from '../ledger/ledger-port.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import type { Gaps } from './completeness.ts';
import type { RowDigest } from './row-hash.ts';

/** Everything that the ledger says of one period, summed up to what a split needs. All in wei. */
export interface PeriodIncome {
  /** In the order of index, then rule. */
  readonly validators: readonly ValidatorIncome[];
  readonly days: readonly DayIncome[];
  /** First slots of the stretches with one set of commission rates; the first is the start of the period. */
  readonly segments: readonly bigint[];
  readonly network: Duties | null;
  /** Of the days that the ledger knows. */
  readonly networkDays: readonly { readonly day: string; readonly duties: Duties }[];
  readonly opening: Checkpoint | null;
  readonly closing: Checkpoint | null;
  readonly digest: RowDigest;
  readonly gaps: Gaps;
  /** Where each validator stands at the end. */
  readonly ends: PayoutState['validators'];
  readonly residual: Residual;
}

/** One validator under one rule of the pool. */
export interface ValidatorIncome {
  readonly validatorIndex: bigint;
  readonly pubkey: string;
  readonly rule: number;
  /** Per segment, signed. */
  readonly clWei: readonly bigint[];
  readonly elWei: readonly bigint[];
  /** Never positive. */
  readonly slashingWei: bigint;
  readonly heldWei: bigint;
  readonly excludedWei: bigint;
  readonly slots: bigint;
  /** Effective balance in gwei times slots. */
  readonly effectiveGweiSlots: bigint;
  readonly duties: Duties;
}

export interface DayIncome {
  readonly day: string;
  readonly clWei: bigint;
  readonly elWei: bigint;
  readonly slashingWei: bigint;
}

export interface Residual {
  readonly rows: number;
  readonly sumGwei: bigint;
  readonly named: readonly string[];
}
