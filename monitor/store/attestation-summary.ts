import type Database from 'better-sqlite3';
import { epoch, type Epoch } from '../../core/units.ts';
import { ATTESTATION_RESULTS, type AttestationResult } from '../model/verdicts.ts';
import { sumOfInverses, type Fraction } from './fraction.ts';
import { cursorOf, limitOf, valuesOf, whereClause, type Page, type PageRequest } from './page.ts';
import { boundsOf, scopeConditions, SQL_MAX, type Range, type Scope } from './scope.ts';
import { VOTE_BLOCK, type VotesTable } from './tables/votes-table.ts';
import { PERFECT, type StoredVote } from './vote-code.ts';

/** Votes of somebody over some epochs, in exact numbers. */
export interface AttestationCounts {
  /** Validators times epochs with a vote to make. */
  readonly assigned: bigint;
  readonly results: Readonly<Record<AttestationResult, bigint>>;
  /** Votes that are on chain. */
  readonly included: bigint;
  readonly sumDistance: bigint;
  /** Over those included, of the distance and of the distance less the empty slots: means need only a division. */
  readonly inverseDistance: Fraction;
  readonly inverseOptimalDistance: Fraction;
}

export interface ValidatorCounts extends AttestationCounts {
  readonly validatorIndex: number;
}

export interface GroupCounts extends AttestationCounts {
  readonly group: string;
  readonly validators: number;
}

/** The epochs an answer is about: details that were pruned are only there by whole blocks, so it may begin earlier. */
export interface Counted {
  readonly from: Epoch;
  readonly to: Epoch;
}

/** Counts of votes by validator and by group. */
export class AttestationSummaries {
  readonly #db: Database.Database;
  readonly #votes: VotesTable;

  constructor(db: Database.Database, votes: VotesTable) {
    this.#db = db;
    this.#votes = votes;
  }

  /** By validator index. Who had no vote to make is there with zeros. */
  byValidator(range: Range, scope: Scope, request: PageRequest): Counted & Page<ValidatorCounts> {
    const limit = limitOf(request);
    const [after = -1n] = cursorOf(request, 1) ?? [];
    const conditions = [['validator > ?', after] as const, ...scopeConditions(scope)];
    const found = this.#db
      .prepare(`SELECT validator FROM validators${whereClause(conditions)} ORDER BY validator LIMIT ?`)
      .pluck()
      .all(...valuesOf(conditions), limit + 1) as bigint[];
    const validators = found.slice(0, limit).map(Number);
    const counted = this.#counted(range);
    const tallies = this.#tallies(counted, { validators });
    return {
      ...counted,
      rows: validators.map((validatorIndex) => ({
        validatorIndex,
        ...(tallies.get(validatorIndex) ?? new Tally()).counts(),
      })),
      next: found.length > limit ? `${validators.at(-1) ?? 0}` : null,
    };
  }

  /** By name of the group; validators that are no longer watched count where they were last. */
  byGroup(range: Range, scope: Scope): Counted & { readonly rows: readonly GroupCounts[] } {
    const conditions = scopeConditions(scope);
    const members = this.#db
      .prepare(`SELECT validator, "group" FROM validators${whereClause(conditions)} ORDER BY "group"`)
      .raw()
      .all(...valuesOf(conditions)) as [bigint, string][];
    const counted = this.#counted(range);
    const tallies = this.#tallies(counted, scope);
    const groups = new Map<string, { tally: Tally; validators: number }>();
    for (const [validator, group] of members) {
      const sums = groups.get(group) ?? { tally: new Tally(), validators: 0 };
      groups.set(group, sums);
      sums.validators += 1;
      const tally = tallies.get(Number(validator));
      if (tally !== undefined) sums.tally.merge(tally);
    }
    const rows = [...groups].map(([group, { tally, validators }]) => ({
      group,
      validators,
      ...tally.counts(),
    }));
    return { ...counted, rows };
  }

  #counted(range: Range): Counted {
    let { from, to } = boundsOf(range);
    const { folded, forgotten } = this.#db
      .prepare('SELECT votes_folded_before AS folded, votes_forgotten_before AS forgotten FROM chain')
      .get() as { folded: bigint; forgotten: bigint };
    if (from < folded) from -= from % VOTE_BLOCK;
    if (to < folded) to += VOTE_BLOCK - 1n - (to % VOTE_BLOCK);
    if (from < forgotten) from = forgotten;
    if (to === SQL_MAX)
      to = (this.#db.prepare('SELECT max(last) FROM coverage').pluck().get() as bigint | null) ?? 0n;
    return { from: epoch(from), to: epoch(to) };
  }

  #tallies({ from, to }: Counted, scope: Scope): Map<number, Tally> {
    const conditions = [['last >= ? AND first <= ?', from, to] as const, ...scopeConditions(scope)];
    const assigned = this.#db
      .prepare(
        `SELECT validator, sum(min(last, ?) - max(first, ?) + 1) FROM assigned${whereClause(conditions)} GROUP BY 1`,
      )
      .raw()
      .all(to, from, ...valuesOf(conditions)) as [bigint, bigint][];
    const tallies = new Map(assigned.map(([validator, count]) => [Number(validator), new Tally(count)]));
    for (const { validator, vote, count } of this.#votes.counts(from, to, scope))
      tallies.get(validator)?.not(vote, count);
    return tallies;
  }
}

/** Begins with everything perfect; then comes what was not. */
class Tally {
  #assigned: bigint;
  readonly #results = Object.fromEntries(ATTESTATION_RESULTS.map((word) => [word, 0n])) as Record<
    AttestationResult,
    bigint
  >;
  readonly #distances = new Map<number, bigint>();
  readonly #optimal = new Map<number, bigint>();

  constructor(perfect = 0n) {
    this.#assigned = perfect;
    this.#add(PERFECT, perfect);
  }

  /** These were not perfect but something else. */
  not(vote: StoredVote, count: bigint): void {
    this.#add(PERFECT, -count);
    this.#add(vote, count);
  }

  merge(other: Tally): void {
    this.#assigned += other.#assigned;
    for (const word of ATTESTATION_RESULTS) this.#results[word] += other.#results[word];
    for (const [distance, count] of other.#distances) add(this.#distances, distance, count);
    for (const [distance, count] of other.#optimal) add(this.#optimal, distance, count);
  }

  counts(): AttestationCounts {
    let [included, sumDistance] = [0n, 0n];
    for (const [distance, count] of this.#distances) {
      included += count;
      sumDistance += BigInt(distance) * count;
    }
    return {
      assigned: this.#assigned,
      results: { ...this.#results },
      included,
      sumDistance,
      inverseDistance: sumOfInverses(this.#distances),
      inverseOptimalDistance: sumOfInverses(this.#optimal),
    };
  }

  #add({ result, inclusion }: StoredVote, count: bigint): void {
    this.#results[result] += count;
    if (inclusion === null) return;
    add(this.#distances, inclusion.distance, count);
    add(this.#optimal, inclusion.optimalDistance, count);
  }
}

const add = (counts: Map<number, bigint>, distance: number, count: bigint): void =>
  void counts.set(distance, (counts.get(distance) ?? 0n) + count);
