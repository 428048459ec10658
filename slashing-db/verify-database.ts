import type Database from 'better-sqlite3';
import { verifyHistory, type HistoryReport } from './history/verify-history.ts';
import { readHistory, type HistorySnapshot } from './history/read-history.ts';
import type { HistoryRecord } from './history/hash-chain.ts';
import { loadStoredKeys } from './storage/sqlite/load-keys.ts';
import { openDatabaseReadOnly } from './storage/sqlite/open-database.ts';
import type { StoredKey } from './storage/storage-port.ts';

export interface DatabaseReport {
  /** What SQLite finds wrong with the file; empty when nothing. */
  readonly file: readonly string[];
  readonly history: HistoryReport;
  /** Records of the history that say "signed" and are not covered by the watermarks. */
  readonly uncovered: readonly HistoryRecord[];
}

/** At most this many uncovered records are named: one is bad enough. */
const MOST_NAMED = 20;

/**
 * Looks a database over, beside a running signer too: the file's pages and indexes, the chain of the history, and
 * whether the watermarks cover all that the history says was signed.
 * @param complete false: only the structure of the file and the end of the chain
 * @throws DB_CANNOT_OPEN, DB_NOT_OURS, DB_CORRUPT when it is too damaged to be looked at
 */
export function verifyDatabase(path: string, anchors: readonly string[], complete: boolean): DatabaseReport {
  return readHistory(path, anchors, (snapshot) => {
    const db = openDatabaseReadOnly(path);
    try {
      const keys = new Map(loadStoredKeys(db).map((key) => [key.pubkey as string, key]));
      return { file: checkFile(db, complete), ...checkHistory(snapshot, keys, complete) };
    } finally {
      db.close();
    }
  });
}

function checkFile(db: Database.Database, complete: boolean): string[] {
  const pragma = complete ? 'integrity_check' : 'quick_check';
  const rows = db.pragma(pragma) as Record<string, string>[];
  return rows.map((row) => row[pragma] ?? '').filter((line) => line !== 'ok');
}

function checkHistory(snapshot: HistorySnapshot, keys: ReadonlyMap<string, StoredKey>, complete: boolean) {
  const { base, head, witnesses, rememberedBases } = snapshot;
  const uncovered: HistoryRecord[] = [];
  function* watched(): Generator<HistoryRecord> {
    for (const record of snapshot.records()) {
      if (uncovered.length < MOST_NAMED && !covers(keys.get(record.pubkey ?? ''), record)) {
        uncovered.push(record);
      }
      yield record;
    }
  }
  if (complete)
    return { history: verifyHistory(base, watched(), head, witnesses, rememberedBases), uncovered };
  // The last link only: it holds the head to the last record.
  const last = [...snapshot.records(head.index)];
  const fault =
    last.length === 1 || head.index === base.index ? null : { kind: 'missing' as const, index: head.index };
  return { history: { records: BigInt(last.length), base, head, fault }, uncovered };
}

function covers(key: StoredKey | undefined, { verdict, slot, source, target }: HistoryRecord): boolean {
  if (verdict !== 'signed') return true;
  if (slot !== null) return (key?.block?.slot ?? -1n) >= slot;
  if (source === null || target === null) return true;
  const watermark = key?.attestation ?? null;
  return watermark !== null && watermark.source >= source && watermark.target >= target;
}
