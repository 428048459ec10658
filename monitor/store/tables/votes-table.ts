import type Database from 'better-sqlite3';
import { epoch as asEpoch, slot as asSlot, type Epoch, type Slot } from '../../../core/units.ts';
import type { AttestationVerdict } from '../../model/verdicts.ts';
import {
  cursorOf,
  limitOf,
  valuesOf,
  whereClause,
  type Condition,
  type Page,
  type PageRequest,
  type Row,
} from '../page.ts';
import { boundsOf, scopeConditions, type Range, type Scope } from '../scope.ts';
import {
  CODE_WITHOUT_SLOT,
  decodeVote,
  encodeVote,
  isPerfect,
  slotOffset,
  type StoredVote,
} from '../vote-code.ts';
import { IntervalTable } from './interval-table.ts';

/** Epochs that lie together on the disk. A power of two, so that an epoch is a block and a byte. */
export const VOTE_BLOCK = 256n;

/** A vote that is not perfect, in all it has to say. */
export interface VoteException extends StoredVote {
  readonly validatorIndex: number;
  readonly epoch: Epoch;
  /** It was due in. */
  readonly slot: Slot;
}

/** Equal votes of one validator, counted. */
export interface VoteCount {
  readonly validator: number;
  readonly vote: StoredVote;
  readonly count: bigint;
}

/**
 * Votes: the epochs in which a validator had one, and what was not perfect about them. What is neither missed nor late
 * nor wrong takes no room, and the counts of any range of epochs are exact all the same.
 */
export class VotesTable {
  readonly assigned: IntervalTable;
  readonly #db: Database.Database;
  readonly #slotsPerEpoch: bigint;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database, slotsPerEpoch: bigint) {
    this.#db = db;
    this.#slotsPerEpoch = slotsPerEpoch;
    this.assigned = new IntervalTable(db, 'assigned');
    this.#insert = db.prepare('INSERT INTO votes (block, validator, nth, code) VALUES (?, ?, ?, ?)');
  }

  write(verdict: AttestationVerdict): void {
    const { validatorIndex, epoch } = verdict;
    this.assigned.add(validatorIndex, epoch);
    if (isPerfect(verdict)) return;
    const code = encodeVote(verdict, epoch * this.#slotsPerEpoch);
    this.#insert.run(epoch / VOTE_BLOCK, validatorIndex, epoch % VOTE_BLOCK, code);
  }

  /** By epoch, then validator. Block by block, because only the epochs of one block are ever sorted at once. */
  exceptions(range: Range, scope: Scope, request: PageRequest): Page<VoteException> {
    const limit = limitOf(request);
    const descending = request.newestFirst === true;
    const after = cursorOf(request, 2);
    let { from, to } = boundsOf(range);
    const [afterEpoch = null] = after ?? [];
    if (afterEpoch !== null && descending && afterEpoch < to) to = afterEpoch;
    if (afterEpoch !== null && !descending && afterEpoch > from) from = afterEpoch;
    const rows: VoteException[] = [];
    for (const block of this.#blocks('votes', from, to, descending)) {
      const conditions = [...inBlock(block, from, to), ...scopeConditions(scope)];
      if (after !== null)
        conditions.push([`(${EPOCH}, validator) ${descending ? '<' : '>'} (?, ?)`, ...after]);
      const found = this.#db
        .prepare(
          `SELECT ${EPOCH} AS epoch, validator, code FROM votes${whereClause(conditions)}
           ORDER BY ${descending ? 'nth DESC, validator DESC' : 'nth, validator'} LIMIT ?`,
        )
        .all(...valuesOf(conditions), limit + 1 - rows.length) as Row[];
      for (const row of found) rows.push(this.#decode(row));
      if (rows.length > limit) break;
    }
    const more = rows.length > limit;
    if (more) rows.pop();
    const last = rows.at(-1);
    return {
      rows,
      next: more && last !== undefined ? `${last.epoch.toString()}.${last.validatorIndex}` : null,
    };
  }

  /** Votes that are not perfect, of these epochs, of which none is both folded and cut off from its block. */
  *counts(from: bigint, to: bigint, scope: Scope): Generator<VoteCount> {
    for (const block of this.#blocks('votes', from, to, false))
      yield* this.#counted(
        `SELECT validator, ${CODE_WITHOUT_SLOT} AS code, count(*) AS count FROM votes`,
        [...inBlock(block, from, to), ...scopeConditions(scope)],
        ' GROUP BY 1, 2',
      );
    for (const block of this.#blocks('vote_counts', from, to, false))
      yield* this.#counted('SELECT validator, code, count FROM vote_counts', [
        ['block = ?', block],
        ...scopeConditions(scope),
      ]);
  }

  /** Turns the details of whole blocks into counts. The sums of everything stay what they were. */
  fold(beforeBlock: bigint): bigint {
    this.#db
      .prepare(
        `INSERT INTO vote_counts (block, validator, code, count)
         SELECT block, validator, ${CODE_WITHOUT_SLOT}, count(*) FROM votes WHERE block < ? GROUP BY 1, 2, 3
         ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      )
      .run(beforeBlock);
    return BigInt(this.#db.prepare('DELETE FROM votes WHERE block < ?').run(beforeBlock).changes);
  }

  /** Gives up counting votes of whole blocks: the exceptions and the assignments together, or perfect ones would appear. */
  forget(beforeBlock: bigint): void {
    const horizon = beforeBlock * VOTE_BLOCK;
    this.#db.prepare('DELETE FROM vote_counts WHERE block < ?').run(beforeBlock);
    this.#db.prepare('DELETE FROM assigned WHERE last < ?').run(horizon);
    this.#db.prepare('UPDATE assigned SET first = ? WHERE first < ?').run(horizon, horizon);
  }

  #counted(select: string, conditions: readonly Condition[], tail = ''): VoteCount[] {
    const rows = this.#db.prepare(`${select}${whereClause(conditions)}${tail}`).all(...valuesOf(conditions));
    return (rows as { validator: bigint; code: bigint; count: bigint }[]).map(
      ({ validator, code, count }) => ({
        validator: Number(validator),
        vote: decodeVote(code),
        count,
      }),
    );
  }

  /** Blocks of a table that touch a range, which may be open to both sides. */
  #blocks(table: 'votes' | 'vote_counts', from: bigint, to: bigint, descending: boolean): bigint[] {
    const bound = (which: 'min' | 'max'): bigint | null =>
      this.#db.prepare(`SELECT ${which}(block) FROM ${table}`).pluck().get() as bigint | null;
    const [least, greatest] = [bound('min'), bound('max')];
    if (least === null || greatest === null) return [];
    const first = from / VOTE_BLOCK > least ? from / VOTE_BLOCK : least;
    const last = to / VOTE_BLOCK < greatest ? to / VOTE_BLOCK : greatest;
    const blocks: bigint[] = [];
    for (let block = first; block <= last; block += 1n) blocks.push(block);
    return descending ? blocks.reverse() : blocks;
  }

  #decode(row: Row): VoteException {
    const [epoch, code] = [row['epoch'] as bigint, row['code'] as bigint];
    return {
      validatorIndex: Number(row['validator']),
      epoch: asEpoch(epoch),
      slot: asSlot(epoch * this.#slotsPerEpoch + slotOffset(code)),
      ...decodeVote(code),
    };
  }
}

const EPOCH = `block * ${VOTE_BLOCK.toString()} + nth`;

function inBlock(block: bigint, from: bigint, to: bigint): Condition[] {
  const start = block * VOTE_BLOCK;
  return [
    ['block = ?', block],
    ...(from > start ? [['nth >= ?', from - start] as const] : []),
    ...(to < start + VOTE_BLOCK - 1n ? [['nth <= ?', to - start] as const] : []),
  ];
}
