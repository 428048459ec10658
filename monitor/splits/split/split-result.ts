import type { DayIncome } from '../income/period-income.ts';
import type { PayoutState } from '../payouts/payout-state.ts';

/** Everything a split decided, with the numbers that led there. Wei throughout. */
export interface SplitResult {
  readonly totals: Totals;
  readonly slashing: readonly SlashingLine[];
  /** In id order. */
  readonly bonds: readonly BondLine[];
  readonly expenses: readonly {
    readonly label: string;
    readonly to: string | null;
    readonly amountWei: bigint;
  }[];
  readonly adjustments: readonly AdjustmentLine[];
  readonly commission: readonly CommissionLine[];
  /** In id order. */
  readonly participants: readonly ParticipantLine[];
  readonly validators: readonly ValidatorLine[];
  readonly days: readonly DayIncome[];
  /** By participant: how the share or the weight comes about, a line a step. */
  readonly derivations: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
  readonly closing: PayoutState;
}

export interface Totals {
  readonly clWei: bigint;
  readonly elWei: bigint;
  readonly adjustmentsWei: bigint;
  readonly slashingWei: bigint;
  readonly bondWei: bigint;
  readonly expensesWei: bigint;
  readonly heldWei: bigint;
  readonly excludedWei: bigint;
  /** Income after expenses, slashing and bonds; before the loss carried in. */
  readonly netWei: bigint;
  readonly lossRecoveredWei: bigint;
  readonly distributableWei: bigint;
  readonly commissionWei: bigint;
  /** What was divided by weight: the rest of the distributable, and the carry of the period before. */
  readonly sharedWei: bigint;
  readonly weight: bigint;
  readonly payoutWei: bigint;
}

export interface SlashingLine {
  /** Null: nobody answers for these validators. */
  readonly operator: string | null;
  readonly validators: readonly bigint[];
  readonly lossWei: bigint;
  readonly bondWei: bigint;
  /** What the pool bears. */
  readonly restWei: bigint;
}

export interface BondLine {
  readonly operator: string;
  /** In this period, for slashing and other losses. */
  readonly usedWei: bigint;
  readonly leftWei: bigint;
}

export interface AdjustmentLine {
  readonly label: string;
  readonly basis: 'cl' | 'el';
  readonly fromHeld: boolean;
  /** Whose income it is, where validators have balances of their own. */
  readonly validator: bigint | null;
  readonly amountWei: bigint;
}

/** Of the days in force and of the layers of the basis. */
export interface CountedIncome {
  readonly validators: number;
  readonly clWei: bigint;
  readonly elWei: bigint;
  /** What performance below the threshold took off. */
  readonly loweredWei: bigint;
  readonly adjustmentsWei: bigint;
}

export interface CommissionLine {
  readonly to: string;
  readonly rule: string;
  readonly counted: CountedIncome;
  readonly incomeWei: bigint;
  readonly baseWei: bigint;
  /** What the bases of all operators would have been together, where that is more than there is; null otherwise. */
  readonly basesWei: bigint | null;
  readonly rate: string;
  /** Before all commissions together are lowered to what there is. */
  readonly earnedWei: bigint;
  readonly amountWei: bigint;
  /** Why it is nothing, if a condition was not met. */
  readonly withheld: string | null;
}

export interface ParticipantLine {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly index: number;
  readonly openingWei: bigint;
  readonly weight: bigint;
  readonly shareWei: bigint;
  readonly commissionWei: bigint;
  readonly expensesWei: bigint;
  /** What of the payout pays back expenses, of this period and of those before. */
  readonly repaidWei: bigint;
  /** Dust, for the participant that `floor-to` names. */
  readonly roundingWei: bigint;
  /** Income by accrual: what the period gave, less expenses paid back and losses of before. */
  readonly accruedWei: bigint;
  readonly minimumPayoutWei: bigint;
  readonly payoutWei: bigint;
  readonly closingWei: bigint;
  readonly paidWei: bigint;
}

/** What a period gave one participant, before what was carried. */
export const creditOf = (line: ParticipantLine): bigint =>
  line.shareWei + line.commissionWei + line.expensesWei + line.roundingWei;

export interface ValidatorLine {
  readonly validatorIndex: bigint;
  readonly pubkey: string;
  readonly operator: string | null;
  readonly slots: bigint;
  readonly clWei: bigint;
  readonly elWei: bigint;
  readonly slashingWei: bigint;
  readonly heldWei: bigint;
  readonly excludedWei: bigint;
  readonly assigned: bigint;
  readonly included: bigint;
  /** Six decimals, for people; null without duties. */
  readonly performance: string | null;
  readonly threshold: string | null;
  /** How much of it counts: "1", "0" or a fraction. */
  readonly factor: string;
  /** Under Lido's CSM: number of the key, shares of operator and protocol, whether it is a strike. */
  readonly csm: {
    readonly key: bigint;
    readonly shares: bigint;
    readonly rebate: bigint;
    readonly isStrike: boolean;
  } | null;
}
