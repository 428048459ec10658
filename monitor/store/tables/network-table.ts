import type Database from 'better-sqlite3';
import { epoch } from '../../../core/units.ts';
import type { NetworkAttestations, NetworkBlocks } from '../../model/verdicts.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, type Range } from '../scope.ts';

interface Count {
  readonly assigned: bigint;
  readonly included: bigint;
}

/** What everybody had to do, and did. */
export interface NetworkDuties {
  readonly attestations: Count;
  readonly proposals: Count;
  readonly sync: Count;
}

export class NetworkTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;
  readonly #insertBlocks: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO network_attestations (epoch, due, included) VALUES (?, ?, ?)',
    );
    this.#insertBlocks = db.prepare(
      'INSERT OR IGNORE INTO network_blocks (epoch, due, included, sync_due, sync_hit) VALUES (?, ?, ?, ?, ?)',
    );
  }

  writeBlocks({ epoch, due, included, syncDue, syncHit }: NetworkBlocks): void {
    this.#insertBlocks.run(epoch, due, included, syncDue, syncHit);
  }

  /** Sums over epochs, both included; null when anything of one of them is not known. */
  duties(from: bigint, to: bigint): NetworkDuties | null {
    const found = this.#db
      .prepare(
        `SELECT count(*) AS epochs, sum(votes.due) AS voteDue, sum(votes.included) AS voteIncluded,
           sum(blocks.due) AS blockDue, sum(blocks.included) AS blockIncluded,
           sum(sync_due) AS syncDue, sum(sync_hit) AS syncIncluded
         FROM network_attestations AS votes JOIN network_blocks AS blocks USING (epoch)
         WHERE epoch BETWEEN ? AND ?`,
      )
      .get(from, to) as Record<string, bigint | null>;
    if (found['epochs'] !== to - from + 1n) return null;
    const count = (name: string) => ({
      assigned: found[`${name}Due`] ?? 0n,
      included: found[`${name}Included`] ?? 0n,
    });
    return { attestations: count('vote'), proposals: count('block'), sync: count('sync') };
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
