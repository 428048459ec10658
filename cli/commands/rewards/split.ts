import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import {
  closePeriod,
  formatEth,
  OutputFolder,
  parsePeriod,
  type PayoutLedger,
  produceSplit,
  readPoolFile,
  splitsError,
  type Period,
  type PoolSource,
  type PriceList,
  type ProducedSplit,
} from '../../../monitor/splits/index.ts';
import { readPriceFile } from '../../../monitor/reports/index.ts';
import { cliError } from '../../cli-errors.ts';
import { examples } from '../../options/examples.ts';
import { formatTable } from '../../output/format-table.ts';
import { checkedBalances, folderOf, openPayouts, type PayoutOptions } from '../../rewards-payouts.ts';
import { ledgerOptions, poolFile, rewardsLedger, rewardsOutput } from '../../options/rewards-options.ts';

interface Options extends PayoutOptions {
  readonly period: string;
  readonly out?: string;
  readonly acceptGaps?: string;
  readonly acceptResidual?: string;
  readonly prices?: string;
}

export function rewardsSplitCommand(): Command {
  const command = new Command('split')
    .description('split the rewards of a period among the participants of a pool; a draft until --close')
    .option('--config <FILE>', 'configuration of the pool')
    .requiredOption(
      '--period <PERIOD>',
      'a month (2026-10), a day, days (2026-10-01..2026-10-14) or epochs (epochs:1..9)',
    );
  return ledgerOptions(command)
    .option('--payouts <FILE>', 'payout ledger (default: payouts.jsonl beside the configuration)')
    .option('--out <DIR>', 'folder to write (default: rewards-PERIOD beside the configuration)')
    .option('--close', 'enter the period into the payout ledger; this is final')
    .option(
      '--prices <FILE>',
      'CSV with date,price in the currency of the pool (default: the prices of the ledger)',
    )
    .option('--new-payouts', 'begin a new payout ledger, in which nobody is owed anything')
    .option(
      '--previous <MANIFEST>',
      'manifest that closed the period before, to compare balances with (default: in its folder beside the configuration)',
    )
    .option('--accept-gaps <REASON>', 'split although rows are missing; the manifest will say so')
    .option('--accept-residual <REASON>', 'split although balances are not wholly explained; the same')
    .addHelpText(
      'after',
      examples(
        'vigil rewards split --config pool.yaml --period 2026-10 --data-dir /var/lib/vigil',
        'vigil rewards split --config pool.yaml --period 2026-10 --ledger october.jsonl',
        'vigil rewards split --config pool.yaml --period 2026-10 --ledger october.jsonl --close --new-payouts',
        'vigil rewards split --config pool.yaml --period 2026-11 --ledger november.jsonl --close',
      ),
    )
    .action((options: Options, command: Command) => {
      const config = poolFile(command);
      const source = readPoolFile(config);
      const ledger = rewardsLedger(command, 'epochs');
      const period = parsePeriod(options.period, ledger.chain);
      const beside = dirname(config);
      const { ledger: payouts, notes } = openPayouts(options, beside, source.pool.name);
      refuseEmptyReasons(options);
      const gapsAccepted = options.acceptGaps !== undefined;
      refuseClosed(payouts, period, options.close === true);
      payouts.refuseOverlap(period);
      payouts.refuseOutOfOrder(period, gapsAccepted);

      notes.push(...checkedBalances(payouts, period, options, beside));

      const folder = new OutputFolder(options.out ?? join(beside, folderOf(options.period)));
      let produced: ProducedSplit;
      try {
        produced = produceSplit(
          {
            ledger,
            source,
            period,
            opening: payouts.stateBefore(period),
            acceptance: { gaps: options.acceptGaps ?? null, residual: options.acceptResidual ?? null },
            skipped: payouts.skippedBefore(period),
            prices: pricesOf(options, source),
            toolVersion: manifest.version,
          },
          (file) => folder.put(file),
        );
        refuseOtherThanClosed(payouts, period, produced);
        folder.finish();
      } finally {
        folder.discard();
      }
      if (options.close === true)
        closePeriod(payouts.path, {
          pool: source.pool.name,
          period,
          manifest: produced.manifestHash,
          state: produced.result.closing,
          head: payouts.head,
          gapsAccepted,
        });
      const closed = options.close === true || payouts.closed(period) !== null;
      rewardsOutput(command).result(
        { out: folder.path, closed, manifest: produced.manifest },
        told(produced, folder.path, closed, notes),
      );
    });
}

function pricesOf({ prices: path }: Options, { pool }: PoolSource): PriceList | null {
  if (path === undefined) return null;
  if (pool.tax.currency === null)
    throw cliError('BAD_ARGUMENT', 'the pool says no currency for prices: set tax.currency in its file');
  const byDay = readPriceFile(path);
  return { text: readFileSync(path, 'utf8'), byDay };
}

function refuseClosed(payouts: PayoutLedger, period: Period, close: boolean): void {
  if (close && payouts.closed(period) !== null)
    throw splitsError('PERIOD_CLOSED', `${period.label} is closed already, in ${payouts.path}`);
}

/** An override is for whoever reads the manifest later; without a reason it tells them nothing. */
function refuseEmptyReasons({ acceptGaps, acceptResidual }: Options): void {
  for (const [name, reason] of [
    ['--accept-gaps', acceptGaps],
    ['--accept-residual', acceptResidual],
  ] as const)
    if (reason?.trim() === '')
      throw cliError('BAD_ARGUMENT', `${name} needs a reason in words, which the manifest will show`);
}

/** A closed period may be computed again, but only to the same result. */
function refuseOtherThanClosed(payouts: PayoutLedger, period: Period, { manifestHash }: ProducedSplit): void {
  const entry = payouts.closed(period);
  if (entry !== null && entry.manifest !== manifestHash)
    throw splitsError('PERIOD_CLOSED', `${period.label} was closed with another result`);
}

function told(
  { result, manifestHash, manifest: { accepted, currency, merkle } }: ProducedSplit,
  out: string,
  closed: boolean,
  notes: readonly string[],
): string[] {
  const { totals, participants, closing } = result;
  const paid = participants.filter(({ payoutWei }) => payoutWei > 0n);
  const amounts: [string, bigint][] = [
    ['consensus layer', totals.clWei],
    ['execution layer', totals.elWei],
    ['slashing', totals.slashingWei],
    ['from bonds', totals.bondWei],
    ['expenses', -totals.expensesWei],
    ['to distribute', totals.distributableWei],
    ['commissions', totals.commissionWei],
    ['paid out', totals.payoutWei],
    ['carried in the pool', closing.carryWei],
    ['losses carried', closing.lossWei],
    ['held back', closing.heldWei],
  ];
  return [
    ...formatTable(
      ['', currency],
      amounts.filter(([, wei]) => wei !== 0n).map(([name, wei]) => [name, formatEth(wei)]),
    ),
    '',
    `${paid.length} of ${participants.length} participants are paid, the others carry their balance.`,
    `Manifest sha256 ${manifestHash}`,
    ...(merkle === null ? [] : [`Merkle root ${merkle.root}`]),
    ...accepted.map(
      ({ what, reason, count }) => `Accepted: ${count} ${ACCEPTED[what][count === 1 ? 0 : 1]} (${reason})`,
    ),
    ...[...notes, ...result.warnings].map((warning) => `Note: ${warning}`),
    `${closed ? 'Closed.' : 'A draft: nothing is closed until --close.'} Everything is in ${out}`,
  ];
}

const ACCEPTED = {
  gaps: ['gap', 'gaps'],
  residual: ['row with a residual', 'rows with a residual'],
  skipped: ['slot skipped', 'slots skipped'],
} as const;
