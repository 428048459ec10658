import { byText, WEI_PER_GWEI } from '../splits/amounts.ts';
import { addLines, type LineName, type ReportLine } from './report-line.ts';
import type { RowLine } from './line-of-row.ts';

export const GROUPINGS = ['validator', 'group', 'day', 'validator-day', 'total'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Income by day, in wei, of both layers. */
export type Trend = ReadonlyMap<string, bigint>;

/** Lines of rows, added up under the names that a grouping gives them, and all together. */
export class ReportSums {
  readonly #by: Grouping;
  readonly #sums = new Map<string, { line: ReportLine; readonly trend: Map<string, bigint> }>();
  readonly totalTrend = new Map<string, bigint>();
  #totals: ReportLine | null = null;

  constructor(by: Grouping) {
    this.#by = by;
  }

  /** Null before the first row. */
  get totals(): ReportLine | null {
    return this.#totals;
  }

  add(line: RowLine): void {
    const name = nameFor(this.#by, line.name);
    // A validator that moves to another group is still one: it has the group of its first day.
    const key = [name.validatorIndex, name.validatorIndex === undefined ? name.group : '', name.day].join(
      '|',
    );
    const sum = this.#sums.get(key);
    const named = { ...line, name };
    const trend = sum?.trend ?? new Map<string, bigint>();
    addTo(trend, line);
    this.#sums.set(key, { line: sum === undefined ? named : addLines(sum.line, named), trend });
    const total = { ...line, name: {} };
    this.#totals = this.#totals === null ? total : addLines(this.#totals, total);
    addTo(this.totalTrend, line);
  }

  /** By validator or group, then day. */
  ordered(): { readonly line: ReportLine; readonly trend: Trend }[] {
    return [...this.#sums.values()].sort((a, b) => inOrder(a.line.name, b.line.name));
  }
}

/** Both layers, wei. */
export const incomeWei = ({ clIncomeGwei, elIncomeWei }: ReportLine): bigint =>
  clIncomeGwei * WEI_PER_GWEI + elIncomeWei;

function addTo(trend: Map<string, bigint>, line: RowLine): void {
  const { day } = line.name;
  trend.set(day, (trend.get(day) ?? 0n) + incomeWei(line));
}

function nameFor(by: Grouping, { validatorIndex, pubkey, group, day }: RowLine['name']): LineName {
  switch (by) {
    case 'validator':
      return { validatorIndex, pubkey, group };
    case 'group':
      return { group };
    case 'day':
      return { day };
    case 'validator-day':
      return { validatorIndex, pubkey, group, day };
    case 'total':
      return {};
  }
}

function inOrder(a: LineName, b: LineName): number {
  const [one, other] = [a.validatorIndex ?? 0n, b.validatorIndex ?? 0n];
  if (one !== other) return one < other ? -1 : 1;
  const byDay = byText(a.day ?? '', b.day ?? '');
  return a.validatorIndex === undefined ? byText(a.group ?? '', b.group ?? '') || byDay : byDay;
}
