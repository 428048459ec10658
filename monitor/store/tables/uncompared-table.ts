import type Database from 'better-sqlite3';
import { epoch as asEpoch, type Epoch } from '../../../core/units.ts';

/** An epoch that was written down, for all or for some, and that was not compared with the signers since. */
export interface Uncompared {
  readonly id: bigint;
  readonly epoch: Epoch;
}

/**
 * Marks of epochs whose votes and blocks the signers were not asked about yet. Each writing has a mark of its own, so
 * that what is written while an epoch is being compared is not taken for compared.
 */
export class UncomparedTable {
  readonly #insert: Database.Statement;
  readonly #all: Database.Statement;
  readonly #remove: Database.Statement;

  constructor(db: Database.Database) {
    this.#insert = db.prepare('INSERT INTO uncompared (epoch) VALUES (?)');
    this.#all = db.prepare('SELECT id, epoch FROM uncompared ORDER BY epoch DESC, id');
    this.#remove = db.prepare('DELETE FROM uncompared WHERE id = ?');
  }

  add(epoch: Epoch): void {
    this.#insert.run(epoch);
  }

  /** The newest epochs first: where somebody else may be signing now. */
  all(): Uncompared[] {
    const rows = this.#all.all() as { id: bigint; epoch: bigint }[];
    return rows.map(({ id, epoch }) => ({ id, epoch: asEpoch(epoch) }));
  }

  remove(id: bigint): void {
    this.#remove.run(id);
  }
}
