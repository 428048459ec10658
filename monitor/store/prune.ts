import type Database from 'better-sqlite3';
import { storeError } from './store-errors.ts';
import { VOTE_BLOCK, type VotesTable } from './tables/votes-table.ts';

export interface Retention {
  /** Epochs before the last written one of which the details stay; votes stay up to a block of 256 longer. */
  readonly keepDetailEpochs: bigint;
  /** Days of ledger, proposals, payments and counts of votes; null for ever. */
  readonly keepDays: bigint | null;
}

export interface Pruned {
  readonly votes: bigint;
  readonly details: bigint;
  readonly ledgerRows: bigint;
}

const MS_PER_DAY = 86_400_000n;

/**
 * Removes what is old. Coverage stays, so that nothing pruned is fetched again as a gap; evidence stays. Call it in a
 * transaction.
 */
export function prune(
  db: Database.Database,
  votes: VotesTable,
  chain: { readonly slotsPerEpoch: bigint; readonly slotDurationMs: bigint },
  { keepDetailEpochs, keepDays }: Retention,
): Pruned {
  if (keepDetailEpochs < 0n || (keepDays !== null && keepDays < 1n))
    throw storeError(
      'MONITOR_QUERY_INVALID',
      'a retention must be at least one day, and no negative number of epochs',
    );
  const remove = (sql: string, ...values: bigint[]): bigint => BigInt(db.prepare(sql).run(...values).changes);
  const newest = db.prepare('SELECT max(last) FROM coverage').pluck().get() as bigint | null;
  if (newest === null) return { votes: 0n, details: 0n, ledgerRows: 0n };

  const detailsFrom = newest - keepDetailEpochs < 0n ? 0n : newest - keepDetailEpochs;
  const foldBlock = detailsFrom / VOTE_BLOCK;
  const folded = votes.fold(foldBlock);
  remove('UPDATE chain SET votes_folded_before = max(votes_folded_before, ?)', foldBlock * VOTE_BLOCK);
  const details = [
    'DELETE FROM events WHERE epoch < ?',
    'DELETE FROM sync_tallies WHERE epoch < ?',
    'DELETE FROM vote_rewards WHERE epoch < ?',
  ].reduce((sum, sql) => sum + remove(sql, detailsFrom), 0n);
  // Those at the ends of days, and before their beginnings, are part of statements.
  const checkpoints = remove(
    `DELETE FROM checkpoints WHERE at_slot < ? AND at_slot NOT IN (SELECT last_slot FROM ledger_days)
       AND at_slot NOT IN (SELECT first_slot - 1 FROM ledger_days)`,
    detailsFrom * chain.slotsPerEpoch,
  );
  const ledgerRows = keepDays === null ? 0n : pruneDays(db, votes, chain, keepDays, foldBlock);
  return { votes: folded, details: details + checkpoints, ledgerRows };
}

function pruneDays(
  db: Database.Database,
  votes: VotesTable,
  { slotsPerEpoch, slotDurationMs }: { readonly slotsPerEpoch: bigint; readonly slotDurationMs: bigint },
  keepDays: bigint,
  foldBlock: bigint,
): bigint {
  const last = db.prepare('SELECT max(last_slot) FROM ledger_days').pluck().get() as bigint | null;
  if (last === null) return 0n;
  // The present day is not over, and a day of daylight saving has an hour more.
  const slotsPerDay = (MS_PER_DAY + 3_600_000n) / slotDurationMs + 1n;
  const horizon = last + 1n - (keepDays + 1n) * slotsPerDay;
  if (horizon <= 0n) return 0n;
  const rows = BigInt(
    db.prepare('DELETE FROM ledger WHERE start_slot < ? AND end_slot < ?').run(horizon, horizon).changes,
  );
  db.prepare('DELETE FROM ledger_days WHERE last_slot < ?').run(horizon);
  // A row that is kept keeps all that belongs to it, and the block before it.
  const first = db.prepare('SELECT min(start_slot) FROM ledger').pluck().get() as bigint | null;
  const cut = first !== null && first < horizon ? first : horizon;
  db.prepare('DELETE FROM proposals WHERE slot < ?').run(cut);
  db.prepare('DELETE FROM payments WHERE slot < ?').run(cut);
  db.prepare('DELETE FROM checkpoints WHERE at_slot < ? - 1').run(cut);

  for (const table of ['network_attestations', 'network_blocks'])
    db.prepare(`DELETE FROM ${table} WHERE epoch < ?`).run(cut / slotsPerEpoch);

  const horizonBlock = cut / slotsPerEpoch / VOTE_BLOCK;
  const forgetBlock = horizonBlock < foldBlock ? horizonBlock : foldBlock;
  votes.forget(forgetBlock);
  db.prepare('UPDATE chain SET votes_forgotten_before = max(votes_forgotten_before, ?)').run(
    forgetBlock * VOTE_BLOCK,
  );
  return rows;
}
