import { formatEth } from '../amounts.ts';
import type { TaxFormat } from '../config/pool.ts';
import { startOfDay } from '../period.ts';
import { csv } from './csv.ts';
import type { OutputContext, OutputFile } from './output-context.ts';
import type { TaxLot } from './tax-lots.ts';

/** Lots count as received in the last minute of their UTC day. */
const LAST_MINUTE_MS = 86_340_000n;

/** One file per participant and importer; nothing for who has no lots. */
export function* taxFiles({ pool, result, lots, currency: { unit } }: OutputContext): Generator<OutputFile> {
  for (const [index, { id }] of result.participants.entries()) {
    const own = lots[index] ?? [];
    if (own.length === 0) continue;
    const what = `Staking rewards of ${pool.name}`;
    for (const format of pool.tax.formats)
      yield { name: `tax/${id}.${format}.csv`, text: WRITERS[format](own, unit, pool.tax.currency, what) };
  }
}

const WRITERS: Readonly<
  Record<TaxFormat, (lots: readonly TaxLot[], unit: string, currency: string | null, what: string) => string>
> = {
  koinly,
  cointracker: coinTracker,
  rotki: (lots, unit, _currency, what) => rotki(lots, unit, what),
};

/** Koinly's simple template with its optional columns; times are UTC. */
function koinly(lots: readonly TaxLot[], unit: string, currency: string | null, what: string): string {
  return csv(
    [
      'Koinly Date',
      'Amount',
      'Currency',
      'Label',
      'Net Worth Amount',
      'Net Worth Currency',
      'Description',
      'TxHash',
    ],
    lots.map(({ day, amountWei, value }) => [
      `${day} 23:59 UTC`,
      formatEth(amountWei),
      unit,
      'reward',
      value ?? '',
      value === null ? '' : (currency ?? ''),
      what,
      '',
    ]),
  );
}

/** CoinTracker takes exactly these columns, and has none for a value: it prices lots itself. */
function coinTracker(lots: readonly TaxLot[], unit: string): string {
  return csv(
    [
      'Date',
      'Received Quantity',
      'Received Currency',
      'Sent Quantity',
      'Sent Currency',
      'Fee Amount',
      'Fee Currency',
      'Tag',
    ],
    lots.map(({ day, amountWei }) => {
      const [year = '', month = '', date = ''] = day.split('-');
      return [`${month}/${date}/${year} 23:59:00`, formatEth(amountWei), unit, '', '', '', '', 'staking'];
    }),
  );
}

/** Rotki's generic events; the timestamp is in milliseconds. */
function rotki(lots: readonly TaxLot[], unit: string, what: string): string {
  return csv(
    ['Type', 'Location', 'Currency', 'Amount', 'Fee', 'Fee Currency', 'Description', 'Timestamp'],
    lots.map(({ day, amountWei }) => [
      'Staking',
      'external',
      unit,
      formatEth(amountWei),
      '',
      '',
      what,
      ((startOfDay(day) ?? 0n) + LAST_MINUTE_MS).toString(),
    ]),
  );
}
