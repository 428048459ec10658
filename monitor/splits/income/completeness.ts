import type { SlotSpan } from '../config/moments.ts';
import type { Pool } from '../config/pool.ts';
import type { LedgerRow, SlotRange } from '../ledger/ledger-port.ts';

/** How many gaps are named; the rest is counted. */
const NAMED = 5;

/** A range of indices longer than this is taken for "whatever there is", not for a list of validators. */
const LISTED = 1_000_000n;

export interface Gaps {
  readonly count: number;
  readonly named: readonly string[];
}

/**
 * Follows every validator's rows through the period. They must touch each other, with the balance handed over, from the
 * first slot to the last. Two things may be missing: the time before a validator existed (its first row opens with
 * nothing) and the time after it was paid out (its last row closes with nothing); and what lies outside its rule.
 * Rows come in the order of validator and slot.
 */
export class Completeness {
  readonly #period: SlotRange;
  readonly #spans: readonly SlotSpan[];
  readonly #named: string[] = [];
  #count = 0;
  #last: { row: LedgerRow; rule: number } | null = null;
  readonly #seenIndices = new Set<bigint>();
  readonly #seenPubkeys = new Set<string>();

  constructor(period: SlotRange, spans: readonly SlotSpan[]) {
    this.#period = period;
    this.#spans = spans;
  }

  /** A row of the pool, and the rule that it falls under. */
  add(row: LedgerRow, rule: number): void {
    const last = this.#last;
    if (last?.row.validatorIndex === row.validatorIndex) this.#handOver(last.row, last.rule, row, rule);
    else {
      if (last !== null) this.#end(last.row, last.rule);
      this.#begin(row, rule);
    }
    this.#last = { row, rule };
  }

  finish(pool: Pool): Gaps {
    if (this.#last === null) this.gap('no validator of the pool has any row');
    else this.#end(this.#last.row, this.#last.rule);
    pool.validators.forEach(({ select }, rule) => {
      if (!this.#inForce(rule)) return;
      if (select.kind === 'pubkeys')
        for (const key of select.pubkeys)
          if (!this.#seenPubkeys.has(key)) this.gap(`validator ${key.slice(0, 12)}… has no rows`);
      if (select.kind !== 'indices') return;
      for (const [first, last] of select.ranges)
        for (let index = first; last - first < LISTED && index <= last; index += 1n)
          if (!this.#seenIndices.has(index)) this.gap(`validator ${index} has no rows`);
    });
    return { count: this.#count, named: this.#named };
  }

  gap(what: string): void {
    this.#count += 1;
    if (this.#named.length < NAMED) this.#named.push(what);
  }

  #begin(row: LedgerRow, rule: number): void {
    this.#seenIndices.add(row.validatorIndex);
    this.#seenPubkeys.add(row.pubkey);
    const expected = later(this.#period.startSlot, this.#spans[rule]?.from ?? null);
    if (row.startSlot > expected && row.openingBalanceGwei !== 0n)
      this.gap(`validator ${row.validatorIndex} has no rows before ${row.day}`);
  }

  #handOver(before: LedgerRow, beforeRule: number, row: LedgerRow, rule: number): void {
    if (before.endSlot + 1n === row.startSlot) {
      if (before.closingBalanceGwei !== row.openingBalanceGwei)
        this.gap(
          `validator ${row.validatorIndex} ends ${before.day} with ${before.closingBalanceGwei} gwei ` +
            `and begins ${row.day} with ${row.openingBalanceGwei}`,
        );
      return;
    }
    const between =
      this.#spans[beforeRule]?.to === before.endSlot + 1n && this.#spans[rule]?.from === row.startSlot;
    if (!between)
      this.gap(`validator ${row.validatorIndex} has no rows between ${before.day} and ${row.day}`);
  }

  #end(row: LedgerRow, rule: number): void {
    const to = this.#spans[rule]?.to ?? null;
    const expected = to !== null && to - 1n < this.#period.endSlot ? to - 1n : this.#period.endSlot;
    if (row.endSlot < expected && row.closingBalanceGwei !== 0n)
      this.gap(`validator ${row.validatorIndex} has no rows after ${row.day}`);
  }

  #inForce(rule: number): boolean {
    const { from = null, to = null } = this.#spans[rule] ?? {};
    return (from === null || from <= this.#period.startSlot) && (to === null || to > this.#period.endSlot);
  }
}

const later = (slot: bigint, other: bigint | null): bigint => (other !== null && other > slot ? other : slot);
