import type Database from 'better-sqlite3';
import type { LedgerPart } from '../../model/ledger-part.ts';
import { addParts, assertSeam } from '../add-parts.ts';
import {
  page,
  valuesOf,
  whereClause,
  type Condition,
  type Page,
  type PageRequest,
  type Row,
} from '../page.ts';
import { boundsOf, rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';
import { storeError } from '../store-errors.ts';
import { LEDGER_COLUMNS, ledgerRow, ledgerValues } from './ledger-columns.ts';

/** Days by their names, both ends included. */
export interface DayRange {
  readonly from?: string;
  readonly to?: string;
}

/** The reward ledger: one row for each validator, day and run of slots without a hole. */
export class LedgerTable {
  readonly #db: Database.Database;
  readonly #upTo: Database.Statement;
  readonly #startingAt: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #update: Database.Statement;
  readonly #remove: Database.Statement;
  readonly #day: Database.Statement;
  readonly #touching: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#upTo = db.prepare(
      'SELECT * FROM ledger WHERE validator = ? AND start_slot <= ? ORDER BY start_slot DESC LIMIT 1',
    );
    this.#startingAt = db.prepare('SELECT * FROM ledger WHERE validator = ? AND start_slot = ?');
    this.#insert = db.prepare(
      `INSERT INTO ledger (${LEDGER_COLUMNS.join(', ')}) VALUES (${LEDGER_COLUMNS.map(() => '?').join(', ')})`,
    );
    this.#update = db.prepare(
      `UPDATE ledger SET ${LEDGER_COLUMNS.slice(0, -2)
        .map((column) => `${column} = ?`)
        .join(', ')} WHERE start_slot = ? AND validator = ?`,
    );
    this.#remove = db.prepare('DELETE FROM ledger WHERE start_slot = ? AND validator = ?');
    this.#day = db.prepare(
      `INSERT INTO ledger_days (day, first_slot, last_slot) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET first_slot = min(first_slot, excluded.first_slot),
         last_slot = max(last_slot, excluded.last_slot)`,
    );
    this.#touching = db.prepare(
      `SELECT * FROM ledger WHERE validator = ? AND end_slot >= ? AND start_slot <= ?
         AND start_slot >= coalesce((SELECT max(start_slot) FROM ledger WHERE validator = ? AND start_slot <= ?), 0)
       ORDER BY start_slot`,
    );
  }

  /** @throws MONITOR_LEDGER_SEAM, MONITOR_LEDGER_OVERLAP */
  add(part: LedgerPart): void {
    const left = this.#row(this.#upTo.get(part.validatorIndex, part.endSlot));
    if (left !== null && left.endSlot >= part.startSlot) {
      if (covers(left, part)) return;
      throw overlap(left, part);
    }
    const before = left?.endSlot === part.startSlot - 1n ? left : null;
    const after = this.#row(this.#startingAt.get(part.validatorIndex, part.endSlot + 1n));
    if (before !== null) assertSeam(before, part);
    if (after !== null) assertSeam(part, after);

    let whole = part;
    if (after?.day === part.day) {
      whole = addParts(whole, after);
      this.#remove.run(after.startSlot, after.validatorIndex);
    }
    if (before?.day === part.day) this.#update.run(...ledgerValues(addParts(before, whole)));
    else this.#insert.run(...ledgerValues(whole));
    this.#day.run(part.day, part.startSlot, part.endSlot);
  }

  /** By day, then validator; rows of one day begin at different slots only where there are holes. */
  list(days: DayRange, scope: Scope, request: PageRequest): Page<LedgerPart> {
    const where = [...dayConditions(this.#db, days), ...scopeConditions(scope)];
    return page(this.#db, { table: 'ledger', where, keys: ['start_slot', 'validator'] }, request, ledgerRow);
  }

  /** Rows of one validator that touch these slots, in their order. */
  touching(validator: number, range: Range): LedgerPart[] {
    const { from, to } = boundsOf(range);
    return (this.#touching.all(validator, from, to, validator, from) as Row[]).map(ledgerRow);
  }

  /** Validators that have rows at all, ascending. */
  validators(): number[] {
    // Leaps from one validator to the next in the index instead of reading all of it.
    const found = this.#db
      .prepare(
        `WITH RECURSIVE known(validator) AS (
           SELECT min(validator) FROM ledger
           UNION ALL
           SELECT (SELECT min(validator) FROM ledger WHERE ledger.validator > known.validator) FROM known
           WHERE known.validator IS NOT NULL)
         SELECT validator FROM known WHERE validator IS NOT NULL`,
      )
      .pluck()
      .all() as bigint[];
    return found.map(Number);
  }

  #row(found: unknown): LedgerPart | null {
    return found === undefined ? null : ledgerRow(found as Row);
  }
}

/** Rows of days, found by their slots, which is what the table is sorted by. */
export function dayConditions(db: Database.Database, { from, to }: DayRange): Condition[] {
  const days: Condition[] = [
    ...(from === undefined ? [] : [['day >= ?', from] as const]),
    ...(to === undefined ? [] : [['day <= ?', to] as const]),
  ];
  const { first, last } = db
    .prepare(`SELECT min(first_slot) AS first, max(last_slot) AS last FROM ledger_days${whereClause(days)}`)
    .get(...valuesOf(days)) as { first: bigint | null; last: bigint | null };
  const slots: Range = first === null || last === null ? { from: 0n, to: 0n } : { from: first, to: last };
  return [...days, ...rangeConditions(slots, 'start_slot')];
}

const covers = (row: LedgerPart, part: LedgerPart): boolean =>
  row.startSlot <= part.startSlot && row.endSlot >= part.endSlot && row.day === part.day;

const overlap = (row: LedgerPart, part: LedgerPart): Error =>
  storeError(
    'MONITOR_LEDGER_OVERLAP',
    `validator ${part.validatorIndex} has a row of ${row.day} for slots ${row.startSlot.toString()} to ` +
      `${row.endSlot.toString()}; slots ${part.startSlot.toString()} to ${part.endSlot.toString()} of ${part.day} do not fit`,
  );
