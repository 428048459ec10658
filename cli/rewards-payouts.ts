import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkBalancesBefore, PayoutLedger, splitsError, type Period } from '../monitor/splits/index.ts';
import { cliError } from './cli-errors.ts';

export interface PayoutOptions {
  readonly payouts?: string;
  readonly newPayouts?: true;
  readonly previous?: string;
  readonly close?: true;
}

/**
 * The payout ledger that the options name, and notes for people. A path with a slip in it would begin a new history in
 * which nobody is owed anything: it is only begun on purpose.
 * @param beside the folder of the configuration
 * @throws PAYOUTS_MISSING, BAD_ARGUMENT and what the reading of the ledger throws
 */
export function openPayouts(
  { payouts, newPayouts, close }: PayoutOptions,
  beside: string,
  pool: string,
): { ledger: PayoutLedger; notes: string[] } {
  const path = payouts ?? join(beside, 'payouts.jsonl');
  const isThere = existsSync(path);
  if (isThere && newPayouts === true)
    throw cliError('BAD_ARGUMENT', `--new-payouts: ${path} is there already`);
  if (!isThere && newPayouts !== true && (close === true || payouts !== undefined))
    throw splitsError('PAYOUTS_MISSING', `there is no payout ledger at ${path}`);
  const notes = isThere
    ? []
    : [
        `${path} is NEW: nobody is owed anything from before${close === true ? '' : ' (it is made with --close --new-payouts)'}`,
      ];
  return { ledger: new PayoutLedger(path, pool), notes };
}

/** For `verify`: what is not there has closed nothing, but was not meant. @throws PAYOUTS_MISSING */
export function existingPayouts(path: string, pool: string): PayoutLedger {
  if (!existsSync(path)) throw splitsError('PAYOUTS_MISSING', `there is no payout ledger at ${path}`);
  return new PayoutLedger(path, pool);
}

/** Where the files of a period go, without another word. */
export const folderOf = (period: string): string => `rewards-${period.replaceAll(':', '-')}`;

/**
 * Whoever can write the payout ledger could put money into it: the manifest of the period before is asked.
 * @returns notes for people
 */
export function checkedBalances(
  payouts: PayoutLedger,
  period: Period,
  { previous }: PayoutOptions,
  beside: string,
): string[] {
  const entry = payouts.entryBefore(period);
  if (entry === null && previous !== undefined)
    throw cliError('BAD_ARGUMENT', '--previous: no period was closed before this one');
  if (previous !== undefined && !existsSync(previous))
    throw cliError('BAD_ARGUMENT', `--previous: ${previous} is not there`);
  const note =
    entry === null
      ? null
      : checkBalancesBefore(entry, previous ?? join(beside, folderOf(entry.period), 'manifest.json'));
  return note === null ? [] : [note];
}
