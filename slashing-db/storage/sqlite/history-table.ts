import type Database from 'better-sqlite3';
import { bytesOf, rootFromBytes, type Root } from '../../../core/units.ts';
import type { Decision } from '../../history/decision.ts';
import { emptyChain, link, type ChainHead, type HistoryRecord } from '../../history/hash-chain.ts';
import { recordOfRow, type HistoryRow } from '../../history/record-of-row.ts';
import { MAX_STORABLE } from '../../rules/check-time.ts';

/** Rows removed beyond those a commit adds, so that a retention made shorter is reached in time, never all at once. */
const EXTRA_PRUNED = 64n;

/** Writes the history inside the transactions of its owner. */
export class HistoryTable {
  readonly #insert: Database.Statement;
  readonly #setHead: Database.Statement;
  readonly #prune: (upTo: bigint) => void;
  readonly #maxRecords: bigint;
  #head: ChainHead;
  #oldest: bigint;

  /** @param maxRecords how many records are kept; the oldest go first */
  constructor(db: Database.Database, databaseId: string, maxRecords: bigint) {
    this.#maxRecords = maxRecords;
    this.#head = readHead(db, databaseId);
    this.#oldest = readBase(db, databaseId).index + 1n;
    this.#insert = db.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#setHead = db.prepare('UPDATE fence SET history_index = ?, history_head = ? WHERE id = 1');
    const moveBase = db.prepare(
      `INSERT INTO history_base (id, record, hash) SELECT 1, id, hash FROM history WHERE id = ?
       ON CONFLICT (id) DO UPDATE SET record = excluded.record, hash = excluded.hash`,
    );
    const remove = db.prepare('DELETE FROM history WHERE id <= ?');
    this.#prune = (upTo) => {
      moveBase.run(upTo);
      remove.run(upTo);
    };
  }

  get head(): ChainHead {
    return this.#head;
  }

  /** The last record that retention removed. */
  get base(): bigint {
    return this.#oldest - 1n;
  }

  append(decisions: readonly Decision[]): void {
    if (decisions.length === 0) return;
    for (const decision of decisions) this.#append(storable(decision));
    this.#setHead.run(this.#head.index, bytesOf(this.#head.hash));
    const excess = this.#head.index - this.#oldest + 1n - this.#maxRecords;
    const most = BigInt(decisions.length) + EXTRA_PRUNED;
    if (excess <= 0n) return;
    this.#oldest += excess < most ? excess : most;
    this.#prune(this.#oldest - 1n);
  }

  #append(decision: Decision): void {
    this.#head = link(this.#head, decision);
    this.#insert.run(
      this.#head.index,
      decision.timeMs,
      decision.client,
      decision.pubkey === null ? null : bytesOf(decision.pubkey),
      decision.type,
      decision.slot,
      decision.source,
      decision.target,
      decision.signingRoot === null ? null : bytesOf(decision.signingRoot),
      decision.verdict,
      decision.reason,
      bytesOf(this.#head.hash),
    );
  }
}

/** Numbers that no column holds were refused for that: the reason tells it. */
function storable(decision: Decision): Decision {
  const kept = (value: bigint | null): bigint | null =>
    value !== null && value > MAX_STORABLE ? null : value;
  const { slot, source, target } = decision;
  return {
    ...decision,
    slot: kept(slot),
    source: kept(source),
    target: kept(target),
  };
}

/** The head that the last commit wrote: what the last record must hash to. */
export function readHead(db: Database.Database, databaseId: string): ChainHead {
  const row = db.prepare('SELECT history_index AS "index", history_head AS hash FROM fence').get() as {
    index: bigint;
    hash: Uint8Array | null;
  };
  return row.hash === null ? emptyChain(databaseId) : { index: row.index, hash: rootFromBytes(row.hash) };
}

/** The last record that retention removed, on which the first kept one is chained. */
export function readBase(db: Database.Database, databaseId: string): ChainHead {
  const row = db.prepare('SELECT record AS "index", hash FROM history_base').get() as
    { index: bigint; hash: Uint8Array } | undefined;
  return row === undefined ? emptyChain(databaseId) : { index: row.index, hash: rootFromBytes(row.hash) };
}

/** The hash of record `index`, or null if that is not kept. */
export function hashAt(db: Database.Database, databaseId: string, index: bigint): Root | null {
  const base = readBase(db, databaseId);
  if (index === base.index) return base.hash;
  const hash = db.prepare('SELECT hash FROM history WHERE id = ?').pluck().get(index) as
    Uint8Array | undefined;
  return hash === undefined ? null : rootFromBytes(hash);
}

/** All kept records in the order of the chain, as they stand: what somebody made of one, the chain tells. */
export function* readRecords(db: Database.Database, from = 0n): Generator<HistoryRecord> {
  const rows = db
    .prepare('SELECT * FROM history WHERE id >= ? ORDER BY id')
    .iterate(from) as IterableIterator<HistoryRow>;
  for (const row of rows) yield recordOfRow(row);
}
