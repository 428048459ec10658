import type Database from 'better-sqlite3';
import { epoch, slot } from '../../../core/units.ts';
import type { ValidatorEvent, ValidatorEventKind } from '../../model/validator-event.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';

/**
 * Two events may be alike to the last gwei (two withdrawals in one block), so each has its place among those of its
 * validator and epoch.
 */
export class EventsTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO events (epoch, validator, n, slot, kind, amount, before, after)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** All events of an epoch for those whose epoch is written now. */
  write(events: readonly ValidatorEvent[]): void {
    const places = new Map<number, number>();
    for (const { validatorIndex, epoch, slot, kind, amountGwei, before, after } of events) {
      const n = places.get(validatorIndex) ?? 0;
      places.set(validatorIndex, n + 1);
      this.#insert.run(epoch, validatorIndex, n, slot, kind, amountGwei, before, after);
    }
  }

  /** By epoch, then validator, then as they came. */
  list(
    epochs: Range,
    scope: Scope & { readonly kinds?: readonly ValidatorEventKind[] },
    request: PageRequest,
  ): Page<ValidatorEvent> {
    const where = [...rangeConditions(epochs, 'epoch'), ...scopeConditions(scope)];
    if (scope.kinds !== undefined)
      where.push(['kind IN (SELECT value FROM json_each(?))', JSON.stringify(scope.kinds)]);
    return page(this.#db, { table: 'events', where, keys: ['epoch', 'validator', 'n'] }, request, (row) => ({
      validatorIndex: Number(row['validator']),
      epoch: epoch(row['epoch'] as bigint),
      slot: slot(row['slot'] as bigint),
      kind: row['kind'] as ValidatorEventKind,
      amountGwei: row['amount'] as bigint | null,
      before: row['before'] as string | null,
      after: row['after'] as string | null,
    }));
  }
}
