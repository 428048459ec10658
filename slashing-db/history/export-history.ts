import type { HistoryRecord } from './hash-chain.ts';
import type { HistorySnapshot } from './read-history.ts';
import type { SignerHistory } from './signer-history.ts';

/**
 * The history as JSON Lines: one header with the two ends of the chain, then one record a line in the chain's order.
 * With it anybody can follow the chain: each hash is SHA-256 of the hash before and the record, as `hash-chain.ts` says.
 */
export function* exportHistory(history: HistorySnapshot): Iterable<string> {
  yield line(header(history));
  for (const record of history.records()) yield line(recordAsJson(record));
}

/** The same of a database that several signers share: one chain after the other, the header of each naming its signer. */
export async function* exportServerHistory(histories: readonly SignerHistory[]): AsyncIterable<string> {
  for (const history of histories) {
    yield line({ ...header(history), signer: history.signer });
    for await (const record of history.records()) yield line(recordAsJson(record));
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const header = ({ databaseId, base, head }: Pick<HistorySnapshot, 'databaseId' | 'base' | 'head'>) => ({
  vigil_history: 1,
  database_id: databaseId,
  base: { index: base.index.toString(), hash: base.hash },
  head: { index: head.index.toString(), hash: head.hash },
});

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
