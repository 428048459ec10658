import type { Command } from 'commander';
import { join } from 'node:path';
import { isSplitCalendar, LedgerFile, type RewardLedger } from '../../monitor/splits/index.ts';
import { openStore, StoreLedger, storeError } from '../../monitor/store/index.ts';
import { cliError } from '../cli-errors.ts';
import { commandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';

/** The reward verbs work on files that they are given; only who names no ledger needs a data directory. */
export const rewardsOutput = (command: Command): Output =>
  new Output(command.optsWithGlobals<Record<string, unknown>>()['json'] === true);

/**
 * The pool file: `--config`, which here is not Vigil's own configuration. The global option of that name takes the value
 * wherever it stands, so commander cannot tell that it is missing.
 * @throws BAD_ARGUMENT
 */
export function poolFile(command: Command): string {
  const { config } = command.optsWithGlobals<{ config?: string }>();
  if (config === undefined)
    throw cliError('BAD_ARGUMENT', 'name the configuration of the pool: --config FILE');
  return config;
}

/** Where the rows come from: a file, or the database that the monitor writes. */
export const ledgerOptions = (command: Command): Command =>
  command.option('--ledger <FILE>', 'reward ledger, exported as JSON Lines').option(...MONITOR_DB);

export const MONITOR_DB = [
  '--monitor-db <FILE>',
  "the monitor's database (default: monitor.sqlite in the data directory)",
] as const;

export const MONITOR_DB_NAME = 'monitor.sqlite';

/**
 * The ledger that the options name. A database is read as it is now; whatever the monitor writes meanwhile is not seen.
 * @param calendar splits and ledger files know UTC days and periods of epochs, reports UTC days only
 * @throws BAD_ARGUMENT, LEDGER_FILE_INVALID, MONITOR_DB_OTHER_CALENDAR and what the opening of the database throws
 */
export function rewardsLedger(command: Command, calendar: 'utc' | 'epochs' = 'utc'): RewardLedger {
  const { ledger, monitorDb } = command.optsWithGlobals<{ ledger?: string; monitorDb?: string }>();
  if (ledger !== undefined && monitorDb !== undefined)
    throw cliError('BAD_ARGUMENT', 'give --ledger or --monitor-db, not both');
  if (ledger !== undefined) {
    const file = new LedgerFile(ledger);
    const { ledgerDay } = file.chain;
    if (calendar === 'utc' && ledgerDay !== undefined)
      throw storeError('MONITOR_DB_OTHER_CALENDAR', `the days of ${ledger} are "${ledgerDay}", not UTC`);
    return file;
  }
  const { settings } = commandContext(command, NO_FLAG);
  const path = settings['monitor-db'] ?? join(settings['data-dir'], MONITOR_DB_NAME);
  const store = openStore({ path });
  const { ledgerDay } = store.chain;
  if (ledgerDay !== 'utc' && (calendar === 'utc' || !isSplitCalendar(ledgerDay)))
    throw storeError(
      'MONITOR_DB_OTHER_CALENDAR',
      `the ledger days in ${path} are "${ledgerDay}", not UTC${calendar === 'utc' ? '' : ' and no periods of epochs'}`,
    );
  return new StoreLedger(store);
}

/** `--config` is the pool's file here. */
const NO_FLAG = 'vigilConfig';
