import type Database from 'better-sqlite3';
import { epoch } from '../../../core/units.ts';
import type { SyncTally } from '../../model/verdicts.ts';
import { page, valuesOf, whereClause, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';

/** Sync committee duties of one validator, added up. */
export interface SyncSummary {
  readonly validatorIndex: number;
  readonly epochs: number;
  readonly due: bigint;
  readonly hit: bigint;
  readonly committeeDue: bigint;
  readonly committeeHit: bigint;
}

/** A row per validator and epoch in a committee: on mainnet a validator has 256 of them in two years. */
export class SyncTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO sync_tallies (epoch, validator, positions, due, hit, committee_due, committee_hit)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  write(tally: SyncTally): void {
    const { validatorIndex, positions, due, hit, committeeDue, committeeHit } = tally;
    this.#insert.run(tally.epoch, validatorIndex, positions, due, hit, committeeDue, committeeHit);
  }

  /** By epoch, then validator. */
  list(epochs: Range, scope: Scope, request: PageRequest): Page<SyncTally> {
    const where = [...rangeConditions(epochs, 'epoch'), ...scopeConditions(scope)];
    return page(this.#db, { table: 'sync_tallies', where, keys: ['epoch', 'validator'] }, request, (row) => ({
      validatorIndex: Number(row['validator']),
      epoch: epoch(row['epoch'] as bigint),
      positions: Number(row['positions']),
      due: Number(row['due']),
      hit: Number(row['hit']),
      committeeDue: Number(row['committee_due']),
      committeeHit: Number(row['committee_hit']),
    }));
  }

  /** Only those who were in a committee in one of the epochs, by validator. */
  summary(epochs: Range, scope: Scope, request: PageRequest): Page<SyncSummary> {
    const where = [...rangeConditions(epochs, 'epoch'), ...scopeConditions(scope)];
    const table = `(SELECT validator, count(*) AS epochs, sum(due) AS due, sum(hit) AS hit,
      sum(committee_due) AS committee_due, sum(committee_hit) AS committee_hit
      FROM sync_tallies${whereClause(where)} GROUP BY validator)`;
    return page(
      this.#db,
      { table, where: [], keys: ['validator'], values: valuesOf(where) },
      request,
      (row) => ({
        validatorIndex: Number(row['validator']),
        epochs: Number(row['epochs']),
        due: row['due'] as bigint,
        hit: row['hit'] as bigint,
        committeeDue: row['committee_due'] as bigint,
        committeeHit: row['committee_hit'] as bigint,
      }),
    );
  }
}
