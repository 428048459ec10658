import type Database from 'better-sqlite3';
import { slot } from '../../../core/units.ts';
import type { ExecutionPayment } from '../../model/ledger-part.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';

const CONFIDENCES = ['unresolved', 'probable', 'exact'] as const satisfies ExecutionPayment['confidence'][];

/** What blocks paid on the execution layer. */
export class PaymentsTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;
  readonly #known: Database.Statement;
  readonly #unresolved: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT OR REPLACE INTO payments (slot, validator, amount_wei, kind, method, confidence, fee_recipient)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#known = db.prepare('SELECT confidence FROM payments WHERE slot = ? AND validator = ?').pluck();
    this.#unresolved = db
      .prepare(
        `SELECT "group", count(*) FROM payments JOIN validators USING (validator)
         WHERE confidence = 'unresolved' GROUP BY 1`,
      )
      .raw();
  }

  /**
   * What is known already gives way only to what is known better, so that an execution node or relay that was down can
   * be asked again later.
   * @returns whether it was taken
   */
  write({
    slot,
    validatorIndex,
    amountWei,
    kind,
    method,
    confidence,
    feeRecipient,
  }: ExecutionPayment): boolean {
    const known = this.#known.get(slot, validatorIndex) as ExecutionPayment['confidence'] | undefined;
    if (known !== undefined && CONFIDENCES.indexOf(known) >= CONFIDENCES.indexOf(confidence)) return false;
    this.#insert.run(slot, validatorIndex, amountWei.toString(), kind, method, confidence, feeRecipient);
    return true;
  }

  /** Blocks that paid nobody knows what, by group. */
  unresolved(): ReadonlyMap<string, number> {
    const rows = this.#unresolved.all() as [string, bigint][];
    return new Map(rows.map(([group, blocks]) => [group, Number(blocks)]));
  }

  /** By slot. */
  list(
    slots: Range,
    scope: Scope & { readonly confidence?: ExecutionPayment['confidence'] },
    request: PageRequest,
  ): Page<ExecutionPayment> {
    const where = [...rangeConditions(slots, 'slot'), ...scopeConditions(scope)];
    if (scope.confidence !== undefined) where.push(['confidence = ?', scope.confidence]);
    return page(this.#db, { table: 'payments', where, keys: ['slot', 'validator'] }, request, (row) => ({
      validatorIndex: Number(row['validator']),
      slot: slot(row['slot'] as bigint),
      amountWei: BigInt(row['amount_wei'] as string),
      kind: row['kind'] as ExecutionPayment['kind'],
      method: row['method'] as ExecutionPayment['method'],
      confidence: row['confidence'] as ExecutionPayment['confidence'],
      feeRecipient: row['fee_recipient'] as string,
    }));
  }
}
