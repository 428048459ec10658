import { pubkeyFromBytes, rootFromBytes } from '../../../core/units.ts';
import { slotDuty, targetDuty, type FoundRecords, type RecordsSearch } from '../../history/records-search.ts';
import { MAX_STORABLE } from '../../rules/check-time.ts';
import type { Connection, Row } from './connection.ts';
import { bytesArray } from './rows.ts';

/** Milliseconds: nobody's signature waits for it. */
const SEARCH_MS = 60_000;

const SIGNED = `
SELECT pubkey, slot, source, target, signing_root, time_ms FROM history
WHERE time_ms >= $1 AND verdict = 'signed' AND pubkey = ANY($2::bytea[])
  AND (slot BETWEEN $3 AND $4 OR target BETWEEN $5 AND $6)
ORDER BY time_ms, instance, id`;

const ACTS = `
SELECT pubkey, type, slot, target, time_ms FROM history
WHERE verdict = 'done' AND (pubkey IS NULL OR pubkey = ANY($1::bytea[]))
ORDER BY time_ms, instance, id`;

/**
 * Where retention took records of a signer, what is on record is complete only from its oldest one on, however far back
 * those of the others go. By their order, not by their times: a clock may have gone back by a little.
 */
const ENDS = `
SELECT count(*) > 0 AS pruned,
  CASE WHEN count(*) = 0 THEN (SELECT min(time_ms) FROM history)
    WHEN count(time_ms) = count(*) THEN max(time_ms) END AS oldest
FROM instances LEFT JOIN history ON instance = name AND history.id = base_index + 1
WHERE base_index > 0`;

/** Looks through what all signers of the database have on record. */
export async function searchHistory(reader: Connection, search: RecordsSearch): Promise<FoundRecords> {
  const { pubkeys, duties, slots, targets, sinceMs } = search;
  const keys = bytesArray(pubkeys);
  // Of a message of a number that no column holds, if of any: nothing was signed as late as that.
  const since = sinceMs > MAX_STORABLE ? MAX_STORABLE : sinceMs;
  const bounds = [...(slots ?? [1n, 0n]), ...(targets ?? [1n, 0n])].map(String);
  const [signed = [], acts = [], [ends] = []] = await reader.ask(
    [
      { text: SIGNED, values: [since.toString(), keys, ...bounds] },
      { text: ACTS, values: [keys] },
      // Last, when retention has removed all that it did meanwhile.
      { text: ENDS },
    ],
    SEARCH_MS,
  );
  return {
    signed: signed
      .map(signedRecord)
      .filter(
        ({ pubkey, slot, target }) =>
          (slot !== null && duties.has(slotDuty(pubkey, slot))) ||
          (target !== null && duties.has(targetDuty(pubkey, target))),
      ),
    acts: acts.map((row) => ({
      pubkey: row['pubkey'] === null ? null : pubkeyFromBytes(row['pubkey'] as Uint8Array),
      type: row['type'] as string,
      slot: row['slot'] as bigint | null,
      target: row['target'] as bigint | null,
      timeMs: row['time_ms'] as bigint,
    })),
    oldestMs: (ends?.['oldest'] as bigint | null | undefined) ?? null,
    pruned: ends?.['pruned'] === true,
  };
}

const signedRecord = (row: Row) => ({
  pubkey: pubkeyFromBytes(row['pubkey'] as Uint8Array),
  slot: row['slot'] as bigint | null,
  source: row['source'] as bigint | null,
  target: row['target'] as bigint | null,
  signingRoot: row['signing_root'] === null ? null : rootFromBytes(row['signing_root'] as Uint8Array),
  timeMs: row['time_ms'] as bigint,
});
