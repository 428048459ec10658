import type { Query } from './connection.ts';
import type { InstanceRow } from './instance-row.ts';

/** Rows that are worth a statement, and the most that one removes: signatures wait for it. */
const WORTH = 500n;
const MOST = 5000n;

/** Removes the oldest records of a signer beyond those it keeps; null when there is too little to do. */
export function pruneQueries(
  { name, owner, head, base }: InstanceRow,
  maxRecords: bigint,
): { readonly queries: readonly Query[]; readonly upTo: bigint } | null {
  const excess = head.index - base.index - maxRecords;
  if (excess < WORTH) return null;
  const upTo = base.index + (excess < MOST ? excess : MOST);
  const values = [name, upTo.toString(), owner];
  return {
    upTo,
    queries: [
      {
        text: `WITH last AS (
            SELECT hash FROM history WHERE instance = $1 AND id = $2
          ), moved AS (
            UPDATE instances SET base_index = $2, base_hash = last.hash FROM last WHERE name = $1 AND owner = $3
            RETURNING base_hash
          ), removed AS (
            DELETE FROM history WHERE instance = $1 AND id <= $2 AND EXISTS (SELECT 1 FROM moved)
          )
          SELECT base_hash FROM moved`,
        values,
      },
    ],
  };
}
