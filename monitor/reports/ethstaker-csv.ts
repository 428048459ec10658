import type { RewardLedger } from '../splits/ledger/ledger-port.ts';
import { gweiText, weiText } from './amounts.ts';
import { priceOf, type Report } from './build-report.ts';
import { delimited, number, type CsvStyle } from './delimited.ts';

/**
 * The columns of ethstaker.tax, for what reads its files: a line for each day, and each validator where the report is by
 * validator and day. A day without a price has an empty cell.
 */
export function ethstakerCsv(report: Report, ledger: Pick<RewardLedger, 'price'>, style: CsvStyle): string {
  const { currency } = report;
  if (currency === null) throw new Error('the layout has a column for the price');
  const perValidator = report.by === 'validator-day';
  return delimited(
    style,
    [
      'Date',
      ...(perValidator ? ['Validator Index'] : []),
      `Price [${currency}/ETH]`,
      'Consensus Layer Income [ETH]',
      'Execution Layer Income [ETH]',
    ],
    report.lines.map(({ name, firstDay, clIncomeGwei, elIncomeWei }) => [
      name.day ?? firstDay,
      ...(perValidator ? [number(name.validatorIndex?.toString() ?? '')] : []),
      number(priceOf(ledger, report, name.day ?? firstDay) ?? ''),
      number(gweiText(clIncomeGwei)),
      number(weiText(elIncomeWei)),
    ]),
  );
}
