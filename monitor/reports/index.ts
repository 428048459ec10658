/** The public door of the reward reports: rows of a ledger added up and written down. */
export { buildReport, type Report, type ReportRequest } from './build-report.ts';
export { GROUPINGS, incomeWei, type Grouping } from './report-sums.ts';
export { BASES, CashBasis, earnedGwei, type Basis } from './basis.ts';
export type { ReportLine } from './report-line.ts';
export { centsText, fiatCents } from './amounts.ts';
export { readPriceFile, parsePrices, type Prices } from './price-file.ts';

/** How a report is written. */
export { reportTable } from './report-table.ts';
export { reportJson } from './report-json.ts';
export { reportCsv } from './report-csv.ts';
export { ethstakerCsv } from './ethstaker-csv.ts';
export type { CsvStyle } from './delimited.ts';

export { REPORT_ERRORS, reportError } from './report-errors.ts';
