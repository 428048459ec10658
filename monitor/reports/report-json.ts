import { centsText } from './amounts.ts';
import type { Report } from './build-report.ts';
import type { ReportLine } from './report-line.ts';

/** For machines: Gwei and wei as integers (decimal strings once written), money as decimal text. */
export function reportJson(report: Report): object {
  const { from, to, by, basis, currency, network, lines, totals, warnings, tag } = report;
  return {
    ...{ network, from, to, by, basis, tag, currency, warnings },
    lines: lines.map(lineJson),
    totals: totals === null ? null : lineJson(totals),
  };
}

function lineJson({ name, fiat, ...line }: ReportLine): object {
  return {
    ...name,
    ...line,
    fiat: fiat === null ? null : { cl: centsText(fiat.clCents), el: centsText(fiat.elCents) },
  };
}
