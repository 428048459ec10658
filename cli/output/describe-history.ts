import type { HistoryReport } from '../../slashing-db/index.ts';

/** One line for people: how far the chain holds, or where it parts. */
export function describeHistory({ records, base, head, fault }: HistoryReport): string {
  const pruned = base.index === 0n ? '' : `, ${base.index} older ones removed by retention`;
  switch (fault?.kind) {
    case undefined:
      return `${records} records, unbroken up to ${head.index} (${head.hash})${pruned}`;
    case 'missing':
      return `record ${fault.index} is missing`;
    case 'changed':
      return `record ${fault.index} was changed, moved or added`;
    case 'cut':
      return `the oldest records up to ${fault.index} were removed, and not by retention`;
    case 'wrong-end':
      return `ends at record ${fault.index} with another hash than the database says`;
  }
}
