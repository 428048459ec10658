import { toHex } from '../../core/hex.ts';
import type { Pubkey, Root } from '../../core/units.ts';
import type { Verdict } from './decision.ts';
import type { HistoryRecord } from './hash-chain.ts';

/** A row of the history, as every storage that keeps it in SQL has it. */
export interface HistoryRow {
  readonly id: bigint;
  readonly time_ms: bigint;
  readonly client: string;
  readonly pubkey: Uint8Array | null;
  readonly type: string;
  readonly slot: bigint | null;
  readonly source: bigint | null;
  readonly target: bigint | null;
  readonly signing_root: Uint8Array | null;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly hash: Uint8Array;
}

/** A record as it stands: what somebody made of it, the chain tells. */
export const recordOfRow = (row: HistoryRow): HistoryRecord => ({
  index: row.id,
  hash: toHex(row.hash) as Root,
  timeMs: row.time_ms,
  client: row.client,
  pubkey: row.pubkey === null ? null : (toHex(row.pubkey) as Pubkey),
  type: row.type,
  slot: row.slot,
  source: row.source,
  target: row.target,
  signingRoot: row.signing_root === null ? null : (toHex(row.signing_root) as Root),
  verdict: row.verdict,
  reason: row.reason,
});
