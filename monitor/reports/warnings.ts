import type { Basis } from './basis.ts';
import { gweiText, weiText } from './amounts.ts';

/** What a reader must know before believing the numbers, found while they are added up. */
export interface Findings {
  rows: number;
  residualRows: number;
  /** Of absolute values, so that two mistakes do not hide each other. */
  residualGwei: bigint;
  unresolvedBlocks: number;
  unresolvedWei: bigint;
  provisionalRows: number;
  readonly daysWithoutPrice: Set<string>;
  /** Income of before the ledger, as cash basis takes it. */
  assumedGwei: bigint;
}

export const noFindings = (): Findings => ({
  rows: 0,
  residualRows: 0,
  residualGwei: 0n,
  unresolvedBlocks: 0,
  unresolvedWei: 0n,
  provisionalRows: 0,
  daysWithoutPrice: new Set(),
  assumedGwei: 0n,
});

export interface WarnedRequest {
  readonly basis: Basis;
  readonly currency: string | null;
  /** The last day, where it is not over; null where it is. */
  readonly unfinished: string | null;
}

/** One sentence each, the worst first. */
export function warningsOf(
  found: Findings,
  gaps: { readonly count: number; readonly named: readonly string[] },
  { basis, currency, unfinished }: WarnedRequest,
): string[] {
  const days = [...found.daysWithoutPrice].sort();
  return [
    ...(found.rows === 0 ? ['the ledger has no rows of these days'] : []),
    ...(found.residualRows === 0
      ? []
      : [
          `the balances of ${counted(found.residualRows, 'row')} are not explained: ${gweiText(found.residualGwei)} ETH of residual, which is counted as nobody's income`,
        ]),
    ...(found.unresolvedBlocks === 0
      ? []
      : [
          `what ${counted(found.unresolvedBlocks, 'block')} paid on the execution layer is not proven; ${weiText(found.unresolvedWei)} ETH, the least that is certain, is counted`,
        ]),
    ...(gaps.count === 0 ? [] : [`the ledger has ${counted(gaps.count, 'gap')}: ${gaps.named.join('; ')}`]),
    ...(unfinished === null || found.rows === 0
      ? []
      : [`${unfinished} is not over yet: the report has what is written down of it so far`]),
    ...(found.provisionalRows === 0
      ? []
      : [`not final yet, and may still change: ${counted(found.provisionalRows, 'row')}`]),
    ...(days.length === 0
      ? []
      : [`there is no price in ${currency ?? ''} of ${days.join(', ')}: amounts with these days have none`]),
    ...(basis === 'cash' && found.assumedGwei > 0n
      ? [
          `the ledger begins with balances that are ${gweiText(found.assumedGwei)} ETH above the effective ones: taken for income that was not withdrawn yet`,
        ]
      : []),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
