import { readable, readAnchors } from '../anchor/read-anchors.ts';
import { slashingDbError } from '../errors.ts';
import { readMark } from '../storage/sqlite/evidence-table.ts';
import { readBase, readRecords } from '../storage/sqlite/history-table.ts';
import { openDatabaseReadOnly } from '../storage/sqlite/open-database.ts';
import type { ChainHead, HistoryRecord } from './hash-chain.ts';

/** The history of one database at one moment. */
export interface HistorySnapshot {
  readonly databaseId: string;
  /** The last record that retention removed; index 0 when all are kept. */
  readonly base: ChainHead;
  readonly head: ChainHead;
  /** What the anchors remember of the chain; they can only be behind it. */
  readonly witnesses: readonly ChainHead[];
  /** What the anchors of this very commit say retention has removed. */
  readonly rememberedBases: readonly bigint[];
  /** The kept records from `from` on, oldest first; to be read once, inside the callback. */
  readonly records: (from?: bigint) => Iterable<HistoryRecord>;
}

/**
 * Reads beside a running signer: `use` sees one state of the database however long it takes.
 * @throws DB_CANNOT_OPEN, DB_NOT_OURS, DB_CORRUPT
 */
export function readHistory<T>(
  path: string,
  anchors: readonly string[],
  use: (snapshot: HistorySnapshot) => T,
): T {
  // First: an anchor read later could know of records that were added since the snapshot was taken.
  const remembered = readAnchors(anchors);
  const db = openDatabaseReadOnly(path);
  try {
    db.exec('BEGIN');
    const mark = readMark(db);
    if (mark === null) throw slashingDbError('DB_CORRUPT', `${path} is bound to no network`);
    const { databaseId, history: head } = mark;
    const anchored = readable(remembered).filter((record) => record.databaseId === databaseId);
    return use({
      databaseId,
      base: readBase(db, databaseId),
      head,
      witnesses: anchored.map(({ history }) => history),
      rememberedBases: anchored
        .filter(({ sequence }) => sequence === mark.sequence)
        .map(({ historyBase }) => historyBase),
      records: (from) => readRecords(db, from),
    });
  } finally {
    db.close();
  }
}
