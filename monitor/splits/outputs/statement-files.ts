import { formatEth } from '../amounts.ts';
import type { ParticipantLine } from '../split/split-result.ts';
import { csv } from './csv.ts';
import { incomeChart } from './income-chart.ts';
import type { OutputContext, OutputFile } from './output-context.ts';
import { poolLines } from './pool-lines.ts';
import { statementHtml } from './statement-html.ts';
import { statementLines, type StatementLine } from './statement.ts';
import type { TaxLot } from './tax-lots.ts';

/**
 * One statement per participant in three forms: a line of JSON for machines, rows of CSV for spreadsheets, a page for
 * the participant. Only the pages are a file each: making files is what takes long in a pool of thousands.
 */
export function* statementFiles(context: OutputContext): Generator<OutputFile> {
  const chart = incomeChart(context.result.days, context.currency.unit);
  const pooled = poolLines(context.result);
  const shown = { chart, pooled, pooledJson: pooled.map((line) => lineJson(line, context)) };
  const jsonLines: string[] = [];
  const csvRows: string[][] = [];
  for (const [index, line] of context.result.participants.entries()) {
    const lines = statementLines(line, context);
    const lots = context.lots[index] ?? [];
    jsonLines.push(`${statementJson(line, lines, lots, context, shown.pooledJson)}\n`);
    csvRows.push(...statementRows(line, lines, lots, context, pooled));
    yield { name: `statements/${line.id}.html`, text: statementHtml(line, lines, lots, context, shown) };
  }
  yield { name: 'statements.jsonl', text: jsonLines.join('') };
  yield {
    name: 'statements.csv',
    text: csv(
      [
        'participant',
        'kind',
        'label',
        `amount_${context.currency.unit.toLowerCase()}`,
        'amount_wei',
        'price',
        'value',
        'currency',
      ],
      csvRows,
    ),
  };
}

function statementJson(
  line: ParticipantLine,
  lines: readonly StatementLine[],
  lots: readonly TaxLot[],
  context: OutputContext,
  pooledJson: readonly object[],
): string {
  const { pool, period, result } = context;
  // Amounts are made text here: a replacer would double the time, and there are thousands of these.
  return JSON.stringify({
    participant: line.id,
    pool: pool.name,
    network: pool.network,
    period: period.label,
    startSlot: `${period.startSlot}`,
    endSlot: `${period.endSlot}`,
    name: line.name,
    address: line.address,
    weight: `${line.weight}`,
    poolWeight: `${result.totals.weight}`,
    poolLines: pooledJson,
    lines: lines.map((each) => lineJson(each, context)),
    taxLots: lots.map((lot) => ({ ...lot, amountWei: `${lot.amountWei}` })),
    taxCurrency: pool.tax.currency,
  });
}

const lineJson = ({ label, amountWei, kind }: StatementLine, { currency }: OutputContext): object => ({
  label,
  amountWei: `${amountWei}`,
  [`amount${currency.unit === 'ETH' ? 'Eth' : currency.unit}`]: formatEth(amountWei),
  ...(kind === 'note' ? { note: true } : {}),
});

const statementRows = (
  { id }: ParticipantLine,
  lines: readonly StatementLine[],
  lots: readonly TaxLot[],
  { pool }: OutputContext,
  pooled: readonly StatementLine[],
): string[][] => [
  ...pooled.map((line) => lineRow(id, 'pool', line)),
  ...lines.map((line) => lineRow(id, line.kind === 'note' ? 'note' : 'line', line)),
  ...lots.map(({ day, amountWei, price, value }) => [
    id,
    'tax-lot',
    day,
    formatEth(amountWei),
    amountWei.toString(),
    price ?? '',
    value ?? '',
    pool.tax.currency ?? '',
  ]),
];

const lineRow = (id: string, kind: string, { label, amountWei }: StatementLine): string[] => [
  ...[id, kind, label, formatEth(amountWei), amountWei.toString()],
  ...['', '', ''],
];
