import { formatScaled, WEI_PER_GWEI } from '../splits/amounts.ts';
import { startOfDay } from '../splits/period.ts';
import { centsText, gweiText, weiText } from './amounts.ts';
import type { Report } from './build-report.ts';
import type { ReportLine } from './report-line.ts';
import type { Grouping } from './report-sums.ts';
import { sparkline } from './sparkline.ts';

/** A column of the table: its name, its text, and whether it is shown when nothing is in it. */
interface Column {
  readonly name: string;
  readonly text: (line: ReportLine) => string;
  readonly shown: (lines: readonly ReportLine[]) => boolean;
}

const always = (): boolean => true;
const some =
  (amount: (line: ReportLine) => bigint) =>
  (lines: readonly ReportLine[]): boolean =>
    lines.some((line) => amount(line) !== 0n);

const gweiColumn = (name: string, amount: (line: ReportLine) => bigint): Column => ({
  name,
  text: (line) => gweiText(amount(line)),
  shown: some(amount),
});

const COLUMNS: readonly Column[] = [
  { ...gweiColumn('attestations', (line) => line.attestationGwei), shown: always },
  {
    name: 'of ideal',
    text: ofIdeal,
    shown: (lines) => lines.some(({ idealAttestationGwei }) => idealAttestationGwei !== null),
  },
  gweiColumn('sync', (line) => line.syncGwei),
  gweiColumn('proposals', (line) => line.proposerGwei),
  gweiColumn('slashing', (line) => line.slashingGwei),
  { ...gweiColumn('consensus', (line) => line.clIncomeGwei), shown: always },
  {
    name: 'execution',
    text: (line) => weiText(line.elIncomeWei) + (line.el.unresolvedBlocks > 0 ? ' ?' : ''),
    shown: (lines) => lines.some(({ el }) => el.blocks > 0),
  },
  {
    ...gweiColumn('withdrawn', (line) => line.withdrawalsPartialGwei + line.withdrawalsFullGwei),
  },
  gweiColumn('deposited', (line) => line.depositsGwei),
  gweiColumn('consolidated', (line) => line.consolidationGwei),
  gweiColumn('RESIDUAL', (line) => line.residualGwei),
];

/** Header and rows, the last of which is the total; numbers are aligned to the right. */
export function reportTable(report: Report, sparklines: boolean): string[][] {
  const { totals, currency } = report;
  if (totals === null) return [];
  const all = [...report.lines, totals];
  const columns: Column[] = [
    ...COLUMNS.filter(({ shown }) => shown(all)),
    ...(currency === null
      ? []
      : [
          {
            name: currency,
            text: ({ fiat }: ReportLine) => (fiat === null ? '-' : centsText(fiat.clCents + fiat.elCents)),
            shown: always,
          },
        ]),
  ];
  const days = daysBetween(report.from, report.to);
  const trends = [...report.trends, report.totalTrend];
  const rows = all.map((line, at) => [
    at === report.lines.length ? 'total' : nameText(report.by, line),
    ...columns.map(({ text }) => text(line)),
    ...(sparklines ? [sparkline(trends[at] ?? new Map<string, bigint>(), days)] : []),
  ]);
  const header = ['', ...columns.map(({ name }) => name), ...(sparklines ? ['by day'] : [])];
  const withTotals = report.by === 'total' ? [rows.at(-1) ?? []] : rows;
  return alignRight([header, ...withTotals], columns.length);
}

function nameText(by: Grouping, { name }: ReportLine): string {
  const index = name.validatorIndex?.toString() ?? '';
  if (by === 'validator') return index;
  return by === 'validator-day' ? `${index}  ${name.day ?? ''}` : (name.day ?? name.group ?? '');
}

/** Cut to hundredths of a percent; a loss is below zero. */
function ofIdeal({ attestationGwei, idealAttestationGwei: ideal }: ReportLine): string {
  if (ideal === null || ideal === 0n) return '-';
  return `${formatScaled((attestationGwei * WEI_PER_GWEI * 10_000n) / (ideal * WEI_PER_GWEI), 2)}%`;
}

function alignRight(rows: readonly (readonly string[])[], numbers: number): string[][] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row.map((cell, column) => (column > 0 && column <= numbers ? cell.padStart(widths[column] ?? 0) : cell)),
  );
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let ms = Number(startOfDay(from)); ms <= Number(startOfDay(to)); ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}
