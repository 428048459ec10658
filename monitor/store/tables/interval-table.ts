import type Database from 'better-sqlite3';
import type { Interval } from '../intervals.ts';

/** Epochs of each validator as intervals that never touch: a year without a hole is one row. */
export class IntervalTable {
  readonly #near: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #extend: Database.Statement;
  readonly #remove: Database.Statement;
  readonly #of: Database.Statement;

  constructor(db: Database.Database, table: 'coverage' | 'assigned') {
    this.#near = db
      .prepare(
        `SELECT first, last FROM ${table} WHERE validator = ? AND first <= ? ORDER BY first DESC LIMIT 2`,
      )
      .raw();
    this.#insert = db.prepare(`INSERT INTO ${table} (validator, first, last) VALUES (?, ?, ?)`);
    this.#extend = db.prepare(`UPDATE ${table} SET last = ? WHERE validator = ? AND first = ?`);
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE validator = ? AND first = ?`);
    this.#of = db.prepare(`SELECT first, last FROM ${table} WHERE validator = ? ORDER BY first`);
  }

  has(validator: number, epoch: bigint): boolean {
    const [, last = -1n] = this.#around(validator, epoch)[0] ?? [];
    return last >= epoch;
  }

  /** @returns false when it was there already */
  add(validator: number, epoch: bigint): boolean {
    // Of those that begin by the next epoch only the last two can contain the epoch or touch it.
    const near = this.#around(validator, epoch + 1n);
    if (near.some(([first, last]) => first <= epoch && epoch <= last)) return false;
    const left = near.find(([, last]) => last === epoch - 1n);
    const right = near.find(([first]) => first === epoch + 1n);
    if (right !== undefined) this.#remove.run(validator, right[0]);
    const last = right?.[1] ?? epoch;
    if (left !== undefined) this.#extend.run(last, validator, left[0]);
    else this.#insert.run(validator, epoch, last);
    return true;
  }

  of(validator: number): Interval[] {
    return this.#of.all(validator) as Interval[];
  }

  #around(validator: number, epoch: bigint): [bigint, bigint][] {
    return this.#near.all(validator, epoch) as [bigint, bigint][];
  }
}
