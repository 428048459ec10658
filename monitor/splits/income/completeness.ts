import type { SlotSpan } from '../config/moments.ts';
import type { Pool } from '../config/pool.ts';
import type { LedgerRow, SlotRange } from '../ledger/ledger-port.ts';
import { splitsError } from '../splits-errors.ts';
import type { ValidatorEnd } from '../payouts/payout-state.ts';

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
 * What the period before handed over is where it begins: with the same balance, and with every validator that did not
 * leave. Rows come in the order of validator and slot.
 */
export class Completeness {
  readonly #period: SlotRange;
  readonly #spans: readonly SlotSpan[];
  readonly #before: ReadonlyMap<bigint, ValidatorEnd>;
  readonly #left = new Set<bigint>();
  readonly #named: string[] = [];
  #count = 0;
  #last: { row: LedgerRow; rule: number } | null = null;
  readonly #indices = new Map<bigint, Seen>();
  readonly #pubkeys = new Map<string, Seen>();

  /** @param before where the validators stood at the end of the period before */
  constructor(
    period: SlotRange,
    spans: readonly SlotSpan[],
    before: ReadonlyMap<bigint, ValidatorEnd> = new Map(),
  ) {
    this.#period = period;
    this.#spans = spans;
    this.#before = before;
  }

  /** A row that no rule wants any more, though one did: the validator left the pool, as the file says. */
  leave(row: LedgerRow): void {
    this.#left.add(row.validatorIndex);
  }

  /** A row of the pool, and the rule that it falls under. */
  add(row: LedgerRow, rule: number): void {
    this.#see(row, rule);
    const last = this.#last;
    if (last?.row.validatorIndex === row.validatorIndex) this.#handOver(last.row, last.rule, row, rule);
    else {
      if (last !== null) this.#end(last.row, last.rule);
      this.#begin(row, rule);
    }
    this.#last = { row, rule };
  }

  /** @param hasLeft whether a rule that named this validator has ended */
  finish(pool: Pool, hasLeft: (index: bigint) => boolean = () => false): Gaps {
    if (this.#last === null) this.gap('no validator of the pool has any row');
    else this.#end(this.#last.row, this.#last.rule);
    pool.validators.forEach(({ select }, rule) => {
      if (!this.#touches(rule)) return;
      if (select.kind === 'pubkeys')
        for (const key of select.pubkeys)
          if (this.#missing(this.#pubkeys.get(key), rule))
            this.gap(`validator ${key.slice(0, 12)}… has no rows${this.#while(rule)}`);
      if (select.kind !== 'indices') return;
      for (const [first, last] of select.ranges)
        for (let index = first; last - first < LISTED && index <= last; index += 1n)
          if (this.#missing(this.#indices.get(index), rule))
            this.gap(`validator ${index} has no rows${this.#while(rule)}`);
    });
    for (const [index, end] of this.#before)
      if (end.balanceGwei !== 0n && !this.#indices.has(index) && !hasLeft(index) && !this.#left.has(index))
        this.gap(
          `validator ${index} ended the period before with ${end.balanceGwei} gwei and has no rows of the pool in this one; ` +
            'if it left the pool, give its rule an end (to:)',
        );
    return { count: this.#count, named: this.#named };
  }

  /**
   * Where the next period begins. Who was paid out stays, so that no balance comes back out of nothing; who left by a
   * rule, or was missing and accepted as that, does not.
   */
  ends(): Map<bigint, ValidatorEnd> {
    const ends = new Map([...this.#before].filter(([, { balanceGwei }]) => balanceGwei === 0n));
    for (const [index, { last, lastRule }] of this.#indices) {
      const to = this.#spans[lastRule]?.to ?? null;
      if (to === null || to > this.#period.endSlot + 1n)
        ends.set(index, { endSlot: last.endSlot, balanceGwei: last.closingBalanceGwei });
    }
    return ends;
  }

  gap(what: string): void {
    this.#count += 1;
    if (this.#named.length < NAMED) this.#named.push(what);
  }

  #begin(row: LedgerRow, rule: number): void {
    const expected = later(this.#period.startSlot, this.#spans[rule]?.from ?? null);
    if (row.startSlot > expected && row.openingBalanceGwei !== 0n)
      return this.gap(`validator ${row.validatorIndex} has no rows before ${row.day}`);
    const end = this.#before.get(row.validatorIndex);
    // Over slots that are in no period a balance may move; that they are skipped is a finding of its own.
    const follows =
      end?.endSlot === row.startSlot - 1n || row.startSlot > expected || end?.balanceGwei === 0n;
    if (end !== undefined && follows && end.balanceGwei !== row.openingBalanceGwei)
      this.gap(
        `validator ${row.validatorIndex} ended the period before with ${end.balanceGwei} gwei ` +
          `and begins ${row.day} with ${row.openingBalanceGwei}`,
      );
  }

  #handOver(before: LedgerRow, beforeRule: number, row: LedgerRow, rule: number): void {
    // Whatever is accepted as missing: nothing may count twice.
    if (row.startSlot <= before.endSlot)
      throw splitsError(
        'LEDGER_ROW_INCONSISTENT',
        `validator ${row.validatorIndex} on ${row.day}: its row overlaps that of ${before.day}; slots ${row.startSlot} to ${before.endSlot} would count twice`,
      );
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

  #see(row: LedgerRow, rule: number): void {
    const seen = this.#indices.get(row.validatorIndex);
    const other = seen?.first ?? this.#pubkeys.get(row.pubkey)?.first;
    if (other !== undefined && (other.pubkey !== row.pubkey || other.validatorIndex !== row.validatorIndex))
      throw splitsError(
        'LEDGER_ROW_INCONSISTENT',
        `validator ${row.validatorIndex} on ${row.day} has the key ${row.pubkey.slice(0, 12)}…, ` +
          `validator ${other.validatorIndex} on ${other.day} ${other.pubkey.slice(0, 12)}…: an index has one key, and a key one index`,
      );
    if (seen === undefined) {
      const first = { rules: [rule], first: row, last: row, lastRule: rule };
      this.#indices.set(row.validatorIndex, first);
      this.#pubkeys.set(row.pubkey, first);
      return;
    }
    if (!seen.rules.includes(rule)) seen.rules.push(rule);
    seen.last = row;
    seen.lastRule = rule;
  }

  /** Whether a named validator should have rows under a rule: not before it existed, nor after it was paid out. */
  #missing(seen: Seen | undefined, rule: number): boolean {
    if (seen === undefined) return true;
    if (seen.rules.includes(rule)) return false;
    const { from = null, to = null } = this.#spans[rule] ?? {};
    const before = to !== null && seen.first.startSlot >= to && seen.first.openingBalanceGwei === 0n;
    const after = from !== null && seen.last.endSlot < from && seen.last.closingBalanceGwei === 0n;
    return !before && !after;
  }

  /** Whether any of the period falls under the rule. */
  #touches(rule: number): boolean {
    const { from = null, to = null } = this.#spans[rule] ?? {};
    return (from === null || from <= this.#period.endSlot) && (to === null || to > this.#period.startSlot);
  }

  #while(rule: number): string {
    const { from = null, to = null } = this.#spans[rule] ?? {};
    return from === null && to === null ? '' : ` while validators.${rule} is in force`;
  }
}

/** A validator that has rows: under which rules, and its first and last. */
interface Seen {
  readonly rules: number[];
  readonly first: LedgerRow;
  last: LedgerRow;
  lastRule: number;
}

const later = (slot: bigint, other: bigint | null): bigint => (other !== null && other > slot ? other : slot);
