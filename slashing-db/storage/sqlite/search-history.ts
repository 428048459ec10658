import type Database from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf, pubkeyFromBytes, rootFromBytes, type Pubkey } from '../../../core/units.ts';
import {
  slotDuty,
  targetDuty,
  type ActRecord,
  type FoundRecords,
  type RecordsSearch,
  type SignedRecord,
} from '../../history/records-search.ts';

/** Records looked at in one turn: a few milliseconds at most, for which a commit may have to wait. */
const SLICE = 1024n;
/** Keys whose acts are read in one turn. */
const KEYS = 256;

/**
 * Looks through the history from its new end back to the time that is asked for, in turns between which commits go on.
 * There is no index over signatures, because every signature would pay for it; acts, which are few, have one.
 */
export async function searchHistory(db: Database.Database, search: RecordsSearch): Promise<FoundRecords> {
  const signed = await signatures(db, search);
  const acts = await actsOn(db, search);
  // Last, when retention has removed all that it did meanwhile.
  const oldest = db.prepare('SELECT time_ms FROM history ORDER BY id LIMIT 1').pluck().get() as
    bigint | undefined;
  const pruned = db.prepare('SELECT 1 FROM history_base').pluck().get() !== undefined;
  return { signed, acts, oldestMs: oldest ?? null, pruned };
}

interface SignedRow {
  pubkey: Uint8Array;
  slot: bigint | null;
  source: bigint | null;
  target: bigint | null;
  signing_root: Uint8Array | null;
  time_ms: bigint;
}

async function signatures(db: Database.Database, search: RecordsSearch): Promise<SignedRecord[]> {
  const { duties, slots, targets, sinceMs } = search;
  if (duties.size === 0) return [];
  const newest = db.prepare('SELECT max(id) FROM history').pluck();
  const latest = db.prepare('SELECT max(time_ms) FROM history WHERE id > ? AND id <= ?').pluck();
  const slice = db.prepare(
    `SELECT pubkey, slot, source, target, signing_root, time_ms FROM history
     WHERE id > ? AND id <= ? AND verdict = 'signed'
       AND (slot BETWEEN ? AND ? OR target BETWEEN ? AND ?) ORDER BY id`,
  );
  // From 1 to 0 there is nothing.
  const bounds = [...(slots ?? [1n, 0n]), ...(targets ?? [1n, 0n])];
  const found: SignedRecord[] = [];
  for (let to = newest.get() as bigint | null; to !== null && to > 0n; to -= SLICE) {
    const from = to > SLICE ? to - SLICE : 0n;
    for (const row of slice.all(from, to, ...bounds) as SignedRow[]) {
      const record = signedRecord(row);
      if (isSought(record, duties)) found.push(record);
    }
    const time = latest.get(from, to) as bigint | null;
    // Null: retention was faster. A slice as a whole, because the clock may have gone back by a little.
    if (time === null || time < sinceMs) break;
    await nextTurn();
  }
  return found;
}

const isSought = ({ pubkey, slot, target }: SignedRecord, duties: ReadonlySet<string>): boolean =>
  (slot !== null && duties.has(slotDuty(pubkey, slot))) ||
  (target !== null && duties.has(targetDuty(pubkey, target)));

const signedRecord = ({ pubkey, slot, source, target, signing_root, time_ms }: SignedRow): SignedRecord => ({
  pubkey: pubkeyFromBytes(pubkey),
  ...{ slot, source, target },
  signingRoot: signing_root === null ? null : rootFromBytes(signing_root),
  timeMs: time_ms,
});

interface ActRow {
  type: string;
  slot: bigint | null;
  target: bigint | null;
  time_ms: bigint;
}

async function actsOn(db: Database.Database, { pubkeys }: RecordsSearch): Promise<ActRecord[]> {
  const columns = "SELECT type, slot, target, time_ms FROM history WHERE verdict = 'done'";
  const onAll = db.prepare(`${columns} AND pubkey IS NULL ORDER BY id`).all() as ActRow[];
  const onKey = db.prepare(`${columns} AND pubkey = ? ORDER BY id`);
  const acts = onAll.map((row) => actRecord(null, row));
  for (const [at, pubkey] of pubkeys.entries()) {
    if (at % KEYS === KEYS - 1) await nextTurn();
    const rows = onKey.all(bytesOf(pubkey)) as ActRow[];
    acts.push(...rows.map((row) => actRecord(pubkey, row)));
  }
  return acts;
}

const actRecord = (pubkey: Pubkey | null, { type, slot, target, time_ms }: ActRow): ActRecord => ({
  ...{ pubkey, type, slot, target },
  timeMs: time_ms,
});
