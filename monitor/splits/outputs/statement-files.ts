import { formatEth } from '../amounts.ts';
import type { ParticipantLine } from '../split/split-result.ts';
import { csv } from './csv.ts';
import { incomeChart } from './income-chart.ts';
import { json } from './json.ts';
import type { OutputContext, OutputFile } from './output-context.ts';
import { statementHtml } from './statement-html.ts';
import { statementLines, type StatementLine } from './statement.ts';
import type { TaxLot } from './tax-lots.ts';

/** One statement per participant in three forms: for machines, for spreadsheets, for paper. */
export function* statementFiles(context: OutputContext): Generator<OutputFile> {
  const chart = incomeChart(context.result.days);
  for (const [index, line] of context.result.participants.entries()) {
    const lines = statementLines(line, context);
    const lots = context.lots[index] ?? [];
    const base = `statements/${line.id}`;
    yield { name: `${base}.json`, text: statementJson(line, lines, lots, context) };
    yield { name: `${base}.csv`, text: statementCsv(lines, lots, context) };
    yield { name: `${base}.html`, text: statementHtml(line, lines, lots, context, chart) };
  }
}

function statementJson(
  line: ParticipantLine,
  lines: readonly StatementLine[],
  lots: readonly TaxLot[],
  { pool, period, result }: OutputContext,
): string {
  return json({
    pool: pool.name,
    network: pool.network,
    period: period.label,
    startSlot: period.startSlot,
    endSlot: period.endSlot,
    participant: line.id,
    name: line.name,
    address: line.address,
    weight: line.weight,
    poolWeight: result.totals.weight,
    lines: lines.map(({ label, amountWei }) => ({ label, amountWei, amountEth: formatEth(amountWei) })),
    taxLots: lots,
    taxCurrency: pool.tax.currency,
  });
}

function statementCsv(lines: readonly StatementLine[], lots: readonly TaxLot[], { pool }: OutputContext): string {
  return csv(
    ['kind', 'label', 'amount_eth', 'amount_wei', 'price', 'value', 'currency'],
    [
      ...lines.map(({ label, amountWei }) => [
        'line',
        label,
        formatEth(amountWei),
        amountWei.toString(),
        '',
        '',
        '',
      ]),
      ...lots.map(({ day, amountWei, price, value }) => [
        'tax-lot',
        day,
        formatEth(amountWei),
        amountWei.toString(),
        price ?? '',
        value ?? '',
        pool.tax.currency ?? '',
      ]),
    ],
  );
}
