/** What one period hands over to the next. Everything that is owed, and to whom. */
export interface PayoutState {
  readonly accounts: ReadonlyMap<string, Account>;
  /** Dust and what nobody had a weight for; split with the next period. */
  readonly carryWei: bigint;
  /** Losses that later income makes good before anybody earns (high-water mark). */
  readonly lossWei: bigint;
  /** Execution-layer income that is certain in part only, put aside. */
  readonly heldWei: bigint;
  /** How much of each operator's bond is used up. */
  readonly bondUsedWei: ReadonlyMap<string, bigint>;
  /** Where each validator of the pool stood: the next period begins there. Empty in entries of before it was kept. */
  readonly validators: ReadonlyMap<bigint, ValidatorEnd>;
  /** Digests of the expenses and adjustments that have counted; null in entries of before they were kept. */
  readonly counted: readonly string[] | null;
}

/** The last row of a validator. With a balance of nothing it was paid out, and needs no further rows. */
export interface ValidatorEnd {
  readonly endSlot: bigint;
  readonly balanceGwei: bigint;
}

export interface Account {
  /** Position in Merkle trees; given once and kept. */
  readonly index: number;
  readonly address: string;
  /** Owed and not paid; negative after a loss that was shared out. */
  readonly balanceWei: bigint;
  /** What of it pays back expenses, so that it is no reward when it is paid. */
  readonly expensesWei?: bigint;
  /** Of losses that were shared out: what later lots of income by accrual make good before they are income. */
  readonly taxLossWei?: bigint;
  /** All that was ever paid. */
  readonly paidWei: bigint;
}

export const EMPTY_STATE: PayoutState = {
  accounts: new Map(),
  carryWei: 0n,
  lossWei: 0n,
  heldWei: 0n,
  bondUsedWei: new Map(),
  validators: new Map(),
  counted: [],
};
