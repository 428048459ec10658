import { link, type ChainHead, type HistoryRecord } from './hash-chain.ts';

export type HistoryFault =
  | { readonly kind: 'missing'; readonly index: bigint }
  | { readonly kind: 'changed'; readonly index: bigint }
  /** The oldest records up to this one are gone, and retention did not remove them. */
  | { readonly kind: 'cut'; readonly index: bigint }
  /** All records are whole, but the chain does not end where the database or an anchor says. */
  | { readonly kind: 'wrong-end'; readonly index: bigint };

export interface HistoryReport {
  readonly records: bigint;
  /** The last record removed by retention; index 0 when all are there. */
  readonly base: ChainHead;
  readonly head: ChainHead;
  /** The first fault; what follows it cannot be judged. */
  readonly fault: HistoryFault | null;
}

/**
 * Follows the chain from its base to its end. One record changed, removed, added or moved makes the chain part at
 * that record, which is named.
 * @param witnesses heads known from elsewhere (anchors) that the chain must pass through
 * @param rememberedBases what anchors say the base is
 */
export function verifyHistory(
  base: ChainHead,
  records: Iterable<HistoryRecord>,
  end: ChainHead,
  witnesses: readonly ChainHead[] = [],
  rememberedBases: readonly bigint[] = [],
): HistoryReport {
  let head = base;
  let count = 0n;
  const expected = new Map(witnesses.map(({ index, hash }) => [index, hash]));
  const report = (fault: HistoryFault | null): HistoryReport => ({ records: count, base, head, fault });
  if (rememberedBases.some((remembered) => remembered !== base.index)) {
    return report({ kind: 'cut', index: base.index });
  }
  for (const record of records) {
    if (record.index !== head.index + 1n) return report({ kind: 'missing', index: head.index + 1n });
    const next = link(head, record);
    if (next.hash !== record.hash) return report({ kind: 'changed', index: record.index });
    const witness = expected.get(record.index);
    if (witness !== undefined && witness !== next.hash)
      return report({ kind: 'changed', index: record.index });
    head = next;
    count += 1n;
  }
  if (head.index < end.index) return report({ kind: 'missing', index: head.index + 1n });
  const ahead = witnesses.find(({ index }) => index > head.index);
  if (ahead !== undefined) return report({ kind: 'missing', index: head.index + 1n });
  return report(head.hash === end.hash ? null : { kind: 'wrong-end', index: head.index });
}
