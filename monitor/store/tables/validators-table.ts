import type Database from 'better-sqlite3';
import { bytesOf, epoch, pubkeyFromBytes, type Epoch } from '../../../core/units.ts';
import type { WatchedValidator } from '../../model/watched-validator.ts';
import type { Row } from '../page.ts';
import { storeError } from '../store-errors.ts';

/** A validator that is or was watched. */
export interface KnownValidator extends WatchedValidator {
  /** Everything from this epoch on should be in the database. */
  readonly watchedFrom: Epoch;
  readonly watched: boolean;
}

/** Group and labels become tags of ledger rows, whose digests put separators between them. */
const TAG = /^[^|,\n]{1,64}$/;

export class ValidatorsTable {
  readonly #has: Database.Statement;
  readonly #one: Database.Statement;
  readonly #ofKey: Database.Statement;
  readonly #put: Database.Statement;
  readonly #drop: Database.Statement;
  readonly #all: Database.Statement;

  constructor(db: Database.Database) {
    this.#has = db.prepare('SELECT 1 FROM validators WHERE validator = ?').pluck();
    this.#one = db.prepare('SELECT * FROM validators WHERE validator = ?');
    this.#ofKey = db.prepare('SELECT * FROM validators WHERE pubkey = ?');
    this.#put = db.prepare(
      `INSERT INTO validators (validator, pubkey, "group", labels, watched_from, watched) VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT (validator) DO UPDATE SET "group" = excluded."group", labels = excluded.labels, watched = 1,
         watched_from = iif(watched, min(watched_from, excluded.watched_from), excluded.watched_from)`,
    );
    this.#drop = db.prepare('UPDATE validators SET watched = 0 WHERE validator = ?');
    this.#all = db.prepare('SELECT * FROM validators ORDER BY validator');
  }

  /**
   * From an epoch on, or from earlier if that was said before. Who was not watched for a while begins anew: the time in
   * between is no gap.
   * @throws MONITOR_VALIDATOR_CLASH, MONITOR_RECORD_INVALID
   */
  watch({ index, pubkey, group, labels }: WatchedValidator, from: Epoch): void {
    const odd = [group, ...labels].find((tag) => !TAG.test(tag));
    if (odd !== undefined)
      throw storeError(
        'MONITOR_RECORD_INVALID',
        `"${odd}" of validator ${index} is no group or label: up to 64 characters, no comma, no bar`,
      );
    for (const known of [this.of(index), this.#row(this.#ofKey.get(bytesOf(pubkey)))])
      if (known !== null && (known.index !== index || known.pubkey !== pubkey))
        throw storeError(
          'MONITOR_VALIDATOR_CLASH',
          `validator ${known.index} was ${known.pubkey}, now validator ${index} is ${pubkey}`,
        );
    this.#put.run(index, bytesOf(pubkey), group, JSON.stringify(labels), from);
  }

  unwatch(index: number): void {
    this.#drop.run(index);
  }

  has(index: number): boolean {
    return this.#has.get(index) !== undefined;
  }

  of(index: number): KnownValidator | null {
    return this.#row(this.#one.get(index));
  }

  /** Ascending by index. */
  all(): KnownValidator[] {
    return (this.#all.all() as Row[]).map(decode);
  }

  #row(found: unknown): KnownValidator | null {
    return found === undefined ? null : decode(found as Row);
  }
}

const decode = (row: Row): KnownValidator => ({
  index: Number(row['validator']),
  pubkey: pubkeyFromBytes(row['pubkey'] as Uint8Array),
  group: row['group'] as string,
  labels: JSON.parse(row['labels'] as string) as string[],
  watchedFrom: epoch(row['watched_from'] as bigint),
  watched: row['watched'] === 1n,
});
