import { formatEth } from '../amounts.ts';
import type { ParticipantLine } from '../split/split-result.ts';
import type { OutputContext } from './output-context.ts';
import type { StatementLine } from './statement.ts';
import type { TaxLot } from './tax-lots.ts';

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}' +
  'table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{padding:.25rem .5rem;border-bottom:1px solid #ddd;text-align:left}' +
  'td+td,th+th{text-align:right;font-variant-numeric:tabular-nums}.sum td{font-weight:600}code{word-break:break-all}' +
  'svg{max-width:100%;height:auto}.gain{fill:#2a6}.loss{fill:#c33}line{stroke:#888}@media print{body{margin:0}}';

/** A page that needs nothing else and prints on paper; no script, nothing loaded from anywhere. */
export function statementHtml(
  line: ParticipantLine,
  lines: readonly StatementLine[],
  lots: readonly TaxLot[],
  { pool, period, result, currency: { unit } }: OutputContext,
  { chart, pooled }: { readonly chart: string; readonly pooled: readonly StatementLine[] },
): string {
  const currency = pool.tax.currency;
  const rows = lines.filter(({ kind }) => kind !== 'note').map(tableRow);
  const notes = lines.filter(({ kind }) => kind === 'note').map(tableRow);
  const lotRows = lots.map(
    ({ day, amountWei, value }) =>
      `<tr><td>${day}</td><td>${formatEth(amountWei)}</td><td>${value ?? 'no price'}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(`${pool.name} ${period.label}: ${line.name}`)}</title>
<style>${STYLE}</style></head><body>
<h1>${escape(pool.name)}</h1>
<p>Statement for <strong>${escape(line.name)}</strong>, ${escape(period.label)}<br>
Slots ${period.startSlot} to ${period.endSlot} on ${escape(pool.network)}<br><code>${line.address}</code></p>
<table><tr><th>What</th><th>${unit}</th></tr>
${rows.join('\n')}
</table>
${notes.length === 0 ? '' : `<h2>Slashing and bond</h2>\n<table><tr><th>What</th><th>${unit}</th></tr>\n${notes.join('\n')}\n</table>\n`}<h2>From the income of the pool to what is shared</h2>
<table><tr><th>What</th><th>${unit}</th></tr>
${pooled.map(tableRow).join('\n')}
</table>
<p>Weight ${line.weight} of ${result.totals.weight}; ${formatEth(result.totals.sharedWei)} ${unit} were shared by weight.</p>
<h2>Income of the pool by day</h2>
${chart}
${
  lots.length === 0
    ? ''
    : `<h2>Tax lots</h2>
<table><tr><th>Day (UTC)</th><th>${unit}</th><th>${escape(currency ?? 'Value')}</th></tr>
${lotRows.join('\n')}
</table>
`
}</body></html>
`;
}

const tableRow = ({ label, amountWei, kind }: StatementLine): string =>
  `<tr${kind === 'sum' ? ' class="sum"' : ''}><td>${escape(label)}</td><td>${formatEth(amountWei)}</td></tr>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
