import type { LedgerRow } from '../splits/ledger/ledger-port.ts';

/** `accrual`: income when it is earned. `cash`: when it is withdrawn. Either way, principal is no income. */
export const BASES = ['accrual', 'cash'] as const;
export type Basis = (typeof BASES)[number];

/** Consensus income of a row as it was earned, penalties and slashing included. */
export const earnedGwei = (row: LedgerRow): bigint =>
  row.attestationGwei + row.syncGwei + row.proposerGwei + row.slashingGwei;

/**
 * One validator's consensus income as it is withdrawn, row after row from its first. What was earned and is still in the
 * balance is kept apart from the principal; a withdrawal takes of that first. A full withdrawal, or a balance that ends
 * at nothing, settles it, with a loss where there is one. Over a whole life it comes to the same as what was earned.
 */
export class CashBasis {
  #unrealizedGwei = 0n;
  #begun = false;
  /** What was in the balance before the ledger begins and is taken for income that was not withdrawn yet. */
  assumedGwei = 0n;

  get unrealizedGwei(): bigint {
    return this.#unrealizedGwei;
  }

  /** @returns what of the row is income */
  add(row: LedgerRow): bigint {
    if (!this.#begun) this.#begin(row);
    this.#unrealizedGwei += earnedGwei(row);
    const income = least(row.withdrawalsPartialGwei, atLeastZero(this.#unrealizedGwei));
    this.#unrealizedGwei -= income;
    const settled = row.withdrawalsFullGwei > 0n || row.closingBalanceGwei === 0n;
    if (!settled) return income;
    // A reward that came after everything was withdrawn waits for the next withdrawal.
    const kept = atLeastZero(row.closingBalanceGwei - atLeastZero(row.depositsGwei));
    const settledGwei = this.#unrealizedGwei - kept;
    this.#unrealizedGwei = kept;
    return income + settledGwei;
  }

  /** What is above the effective balance when the ledger begins can only be rewards of before. */
  #begin({ openingBalanceGwei, effectiveBalanceGwei }: LedgerRow): void {
    this.#begun = true;
    this.assumedGwei = atLeastZero(openingBalanceGwei - effectiveBalanceGwei);
    this.#unrealizedGwei = this.assumedGwei;
  }
}

/** The cash basis of all validators, for rows that come in the order of validator and slot. */
export class CashBook {
  #current: { readonly index: bigint; readonly basis: CashBasis } | null = null;
  #assumedGwei = 0n;

  /** Of all validators so far, see {@link CashBasis}. */
  get assumedGwei(): bigint {
    return this.#assumedGwei;
  }

  incomeGwei(row: LedgerRow): bigint {
    if (this.#current?.index === row.validatorIndex) return this.#current.basis.add(row);
    const basis = new CashBasis();
    this.#current = { index: row.validatorIndex, basis };
    const income = basis.add(row);
    this.#assumedGwei += basis.assumedGwei;
    return income;
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const atLeastZero = (value: bigint): bigint => (value < 0n ? 0n : value);
