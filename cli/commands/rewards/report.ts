import { Command, Option } from 'commander';
import {
  BASES,
  buildReport,
  ethstakerCsv,
  GROUPINGS,
  readPriceFile,
  reportCsv,
  reportJson,
  reportTable,
  type Basis,
  type CsvStyle,
  type Grouping,
  type Report,
} from '../../../monitor/reports/index.ts';
import type { RewardLedger } from '../../../monitor/splits/index.ts';
import { cliError } from '../../cli-errors.ts';
import { examples } from '../../options/examples.ts';
import { formatTable } from '../../output/format-table.ts';
import { ledgerOptions, rewardsLedger, rewardsOutput } from '../../options/rewards-options.ts';
import { writeOutFile } from '../../output/write-out-file.ts';

const FORMATS = ['table', 'csv', 'json'] as const;
const LAYOUTS = ['vigil', 'ethstaker'] as const;
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const;
const DECIMALS = { point: '.', comma: ',' } as const;
const CURRENCY = /^[A-Z]{3}$/;

interface Options {
  readonly from: string;
  readonly to: string;
  readonly format: (typeof FORMATS)[number];
  readonly by?: Grouping;
  readonly basis: Basis;
  readonly tag?: string;
  readonly prices?: string;
  readonly currency?: string;
  readonly layout: (typeof LAYOUTS)[number];
  readonly delimiter: keyof typeof DELIMITERS;
  readonly decimal: keyof typeof DECIMALS;
  readonly out?: string;
}

export function rewardsReportCommand(): Command {
  const command = new Command('report')
    .description('report what validators earned, day by day or added up')
    .requiredOption('--from <DAY>', 'first UTC day, 2026-10-01')
    .requiredOption('--to <DAY>', 'last UTC day, included');
  return ledgerOptions(command)
    .addOption(new Option('--format <FORMAT>', 'how it is written').choices([...FORMATS]).default('table'))
    .addOption(
      new Option('--by <WHAT>', 'a line for each (default: validator; ethstaker: validator-day)').choices([
        ...GROUPINGS,
      ]),
    )
    .addOption(
      new Option('--basis <BASIS>', 'income when it is earned (accrual) or withdrawn (cash)')
        .choices([...BASES])
        .default('accrual'),
    )
    .option('--tag <TAG>', 'only validators with this tag')
    .option('--prices <FILE>', 'CSV with date,price (default: the prices of the ledger)')
    .option('--currency <CODE>', 'shows the income in it too')
    .addOption(
      new Option('--layout <LAYOUT>', 'columns of the CSV; ethstaker wants --currency')
        .choices([...LAYOUTS])
        .default('vigil'),
    )
    .addOption(
      new Option('--delimiter <NAME>', 'between columns').choices(Object.keys(DELIMITERS)).default('comma'),
    )
    .addOption(
      new Option('--decimal <NAME>', 'decimal separator').choices(Object.keys(DECIMALS)).default('point'),
    )
    .option('--out <FILE>', 'file to write instead of showing it')
    .addHelpText(
      'after',
      examples(
        'vigil rewards report --from 2026-10-01 --to 2026-10-31 --ledger october.jsonl',
        'vigil rewards report --from 2026-01-01 --to 2026-12-31 --ledger 2026.jsonl --format csv --layout ethstaker --prices eur.csv --currency EUR --out tax.csv',
      ),
    )
    .action((options: Options, self: Command) => {
      showReport(options, self);
    });
}

function showReport(options: Options, command: Command): void {
  const output = rewardsOutput(command);
  const format = output.json ? 'json' : options.format;
  const by = groupingOf(options, format);
  const style = styleOf(options);
  const currency = currencyOf(options);
  const prices = options.prices === undefined ? null : readPriceFile(options.prices);
  const ledger = rewardsLedger(command);
  const { from, to, basis, tag = null } = options;
  const report = buildReport(ledger, { from, to, by, basis, currency, prices, tag });
  const text = written(report, ledger, options, format, style);
  if (options.out === undefined) process.stdout.write(text);
  else writeOutFile(options.out, text);
  // On stderr whatever the format, so that a file that is piped on does not hide them.
  for (const warning of report.warnings) process.stderr.write(`warning: ${warning}\n`);
}

function written(
  report: Report,
  ledger: RewardLedger,
  { layout, out }: Options,
  format: Options['format'],
  style: CsvStyle,
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(reportJson(report), bigintsAsText)}\n`;
    case 'csv':
      return layout === 'ethstaker' ? ethstakerCsv(report, ledger, style) : reportCsv(report, style);
    case 'table': {
      const [header = [], ...rows] = reportTable(report, out === undefined && process.stdout.isTTY);
      const title = `${report.from} to ${report.to}, ${report.basis} basis, amounts in ETH`;
      return `${[title, '', ...formatTable(header, rows)].join('\n')}\n`;
    }
  }
}

const bigintsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function groupingOf({ by, layout }: Options, format: Options['format']): Grouping {
  if (layout !== 'ethstaker') return by ?? 'validator';
  if (format !== 'csv') throw cliError('BAD_ARGUMENT', '--layout ethstaker is for --format csv');
  if (by !== undefined && by !== 'day' && by !== 'validator-day')
    throw cliError('BAD_ARGUMENT', '--layout ethstaker is by day or by validator-day');
  return by ?? 'validator-day';
}

function styleOf({ delimiter, decimal }: Options): CsvStyle {
  const style = { delimiter: DELIMITERS[delimiter], decimal: DECIMALS[decimal] };
  if (style.delimiter === style.decimal)
    throw cliError(
      'BAD_ARGUMENT',
      'with a decimal comma, columns need another delimiter: --delimiter semicolon',
    );
  return style;
}

function currencyOf({ currency, prices, layout }: Options): string | null {
  if (currency === undefined) {
    if (prices === undefined && layout !== 'ethstaker') return null;
    const what =
      prices === undefined
        ? 'the columns of ethstaker.tax have prices: say in what currency'
        : 'say what currency the prices are in';
    throw cliError('BAD_ARGUMENT', `${what}: --currency EUR`);
  }
  if (!CURRENCY.test(currency)) throw cliError('BAD_ARGUMENT', '--currency must be three capital letters');
  return currency;
}
