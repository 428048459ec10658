import type Database from 'better-sqlite3';
import { epoch } from '../../../core/units.ts';
import type { NetworkAttestations } from '../../model/verdicts.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, type Range } from '../scope.ts';

export class NetworkTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO network_attestations (epoch, due, included) VALUES (?, ?, ?)',
    );
  }

  write({ epoch, due, included }: NetworkAttestations): void {
    this.#insert.run(epoch, due, included);
  }

  /** By epoch. */
  list(epochs: Range, request: PageRequest): Page<NetworkAttestations> {
    const where = rangeConditions(epochs, 'epoch');
    return page(this.#db, { table: 'network_attestations', where, keys: ['epoch'] }, request, (row) => ({
      epoch: epoch(row['epoch'] as bigint),
      due: Number(row['due']),
      included: Number(row['included']),
    }));
  }
}
