import type { HistoryRecord } from './hash-chain.ts';
import type { HistorySnapshot } from './read-history.ts';

/**
 * The history as JSON Lines: one header with the two ends of the chain, then one record a line in the chain's order.
 * With it anybody can follow the chain: each hash is SHA-256 of the hash before and the record, as `hash-chain.ts` says.
 */
export function* exportHistory({ databaseId, base, head, records }: HistorySnapshot): Iterable<string> {
  const header = {
    vigil_history: 1,
    database_id: databaseId,
    base: { index: base.index.toString(), hash: base.hash },
    head: { index: head.index.toString(), hash: head.hash },
  };
  yield `${JSON.stringify(header)}\n`;
  for (const record of records()) yield `${JSON.stringify(recordAsJson(record))}\n`;
}

/** Integers as decimal strings, as in every Ethereum API. */
export function recordAsJson(record: HistoryRecord) {
  return {
    index: record.index.toString(),
    time: new Date(Number(record.timeMs)).toISOString(),
    time_ms: record.timeMs.toString(),
    client: record.client,
    pubkey: record.pubkey,
    type: record.type,
    slot: record.slot?.toString() ?? null,
    source: record.source?.toString() ?? null,
    target: record.target?.toString() ?? null,
    signing_root: record.signingRoot,
    verdict: record.verdict,
    reason: record.reason,
    hash: record.hash,
  };
}
