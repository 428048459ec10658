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

/** Where the verbs that read rewards get them from. @throws LEDGER_FILE_INVALID */
export const rewardLedger = (path: string): RewardLedger => new LedgerFile(path);
