import type Database from 'better-sqlite3';
import { epoch as asEpoch, type Epoch } from '../../core/units.ts';
import { contains, shared, without, type Interval } from './intervals.ts';
import { storeError } from './store-errors.ts';
import type { IntervalTable } from './tables/interval-table.ts';

/** Epochs that are missing for the same validators. */
export interface Gap {
  readonly from: Epoch;
  readonly to: Epoch;
  readonly validators: readonly number[];
  /** Why it was given up, until somebody asks for it again; null while the monitor still tries. */
  readonly skipped: string | null;
}

interface Skip extends Interval {
  readonly reason: string;
}

/** What is there, what is missing, and what comes next. */
export class Coverage {
  readonly #covered: IntervalTable;
  readonly #skips: Database.Statement;
  readonly #insertSkip: Database.Statement;
  readonly #removeSkip: Database.Statement;
  readonly #watched: Database.Statement;
  readonly #gaps: Database.Statement;
  readonly #next: Database.Statement;

  constructor(db: Database.Database, covered: IntervalTable) {
    this.#covered = covered;
    this.#skips = db.prepare('SELECT first, last, reason FROM skipped ORDER BY first');
    this.#insertSkip = db.prepare('INSERT INTO skipped (first, last, reason) VALUES (?, ?, ?)');
    this.#removeSkip = db.prepare('DELETE FROM skipped WHERE first = ?');
    this.#watched = db
      .prepare(
        'SELECT validator, watched_from FROM validators WHERE watched = 1 AND watched_from <= ? ORDER BY validator',
      )
      .raw();
    this.#gaps = db
      .prepare(
        `SELECT validator, first, last FROM coverage JOIN validators USING (validator)
         WHERE watched = 1 AND last >= ? AND first <= ? ORDER BY validator, first`,
      )
      .raw();
    this.#next = db
      .prepare(
        `SELECT validator, coalesce((SELECT last + 1 FROM coverage WHERE coverage.validator = validators.validator
           AND first <= watched_from AND last >= watched_from), watched_from) FROM validators WHERE watched = 1`,
      )
      .raw();
  }

  /** Of everybody watched now, from when they are watched on; cut where the validators or the reason change. */
  gaps(from: Epoch, to: Epoch): Gap[] {
    const taken = new Map<number, Interval[]>();
    for (const [validator, first, last] of this.#gaps.all(from, to) as [bigint, bigint, bigint][]) {
      const key = Number(validator);
      const list = taken.get(key);
      if (list === undefined) taken.set(key, [{ first, last }]);
      else list.push({ first, last });
    }
    const missing: [number, Interval][] = [];
    for (const [validator, watchedFrom] of this.#watched.all(to) as [bigint, bigint][]) {
      const first = watchedFrom > from ? watchedFrom : from;
      for (const interval of without({ first, last: to }, taken.get(Number(validator)) ?? []))
        missing.push([Number(validator), interval]);
    }
    const skips = this.skips();
    const cuts = skips.flatMap(({ first, last }) => [first, last + 1n]);
    return shared(missing, cuts).map(({ first, last, validators }) => ({
      from: asEpoch(first),
      to: asEpoch(last),
      validators,
      skipped: skips.find((skip) => contains(skip, first))?.reason ?? null,
    }));
  }

  /** The first epoch that somebody watched lacks and that was not given up; null when nobody is watched. */
  next(): Epoch | null {
    const skips = this.skips();
    let least: bigint | null = null;
    for (const [validator, candidate] of this.#next.all() as [bigint, bigint][]) {
      let epoch = candidate;
      for (let before = -1n; before !== epoch;) {
        before = epoch;
        epoch = (skips.find((skip) => contains(skip, epoch))?.last ?? epoch - 1n) + 1n;
        if (epoch !== before) epoch = this.#afterCovered(Number(validator), epoch);
      }
      if (least === null || epoch < least) least = epoch;
    }
    return least === null ? null : asEpoch(least);
  }

  /** Gives epochs up until a backfill. They stay gaps; the later reason counts. Call it in a transaction. */
  skip(range: Interval, reason: string): void {
    if (range.first < 0n || range.last < range.first)
      throw storeError('MONITOR_QUERY_INVALID', 'a range of epochs must not end before it begins');
    for (const skip of this.skips()) {
      if (skip.last < range.first || skip.first > range.last) continue;
      this.#removeSkip.run(skip.first);
      for (const { first, last } of without(skip, [range])) this.#insertSkip.run(first, last, skip.reason);
    }
    this.#insertSkip.run(range.first, range.last, reason);
  }

  skips(): Skip[] {
    return this.#skips.all() as Skip[];
  }

  #afterCovered(validator: number, epoch: bigint): bigint {
    const covering = this.#covered.of(validator).find((interval) => contains(interval, epoch));
    return covering === undefined ? epoch : covering.last + 1n;
  }
}
