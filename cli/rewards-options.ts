import type { Command } from 'commander';
import { LedgerFile, type RewardLedger } from '../monitor/splits/index.ts';
import { cliError } from './cli-errors.ts';
import { Output } from './output.ts';

/** The reward verbs work on files that they are given; they need no data directory and no settings of Vigil. */
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

/** Where the rows come from. */
export const ledgerOptions = (command: Command): Command =>
  command.option('--ledger <FILE>', 'reward ledger, exported as JSON Lines');

/** The ledger that the options name. @throws BAD_ARGUMENT, LEDGER_FILE_INVALID */
export function rewardsLedger(command: Command): RewardLedger {
  const { ledger } = command.optsWithGlobals<{ ledger?: string }>();
  if (ledger === undefined) throw cliError('BAD_ARGUMENT', 'name the reward ledger: --ledger FILE');
  return new LedgerFile(ledger);
}
