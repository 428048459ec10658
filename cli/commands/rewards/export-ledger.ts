import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { parsePeriod, wholeLedgerDays, writeLedgerFile } from '../../../monitor/splits/index.ts';
import { cliError } from '../../cli-errors.ts';
import { examples } from '../../options/examples.ts';
import { MONITOR_DB, rewardsLedger, rewardsOutput } from '../../options/rewards-options.ts';
import { writeOutFile } from '../../output/write-out-file.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly out: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function rewardsExportLedgerCommand(): Command {
  return new Command('export-ledger')
    .description("write the reward ledger of some days out of the monitor's database into a file")
    .requiredOption('--from <DAY>', 'first UTC day, such as 2026-10-01')
    .requiredOption('--to <DAY>', 'last UTC day')
    .requiredOption('--out <FILE>', 'file to write, JSON Lines; it must not exist yet')
    .option(...MONITOR_DB)
    .addHelpText(
      'after',
      examples('vigil rewards export-ledger --from 2026-10-01 --to 2026-10-31 --out october.jsonl'),
    )
    .action(({ from, to, out }: Options, command: Command) => {
      for (const day of [from, to])
        if (!DAY.test(day)) throw cliError('BAD_ARGUMENT', `"${day}" is not a day such as 2026-10-01`);
      if (existsSync(out)) throw cliError('FILE_EXISTS', `${out} is there already`);
      const ledger = rewardsLedger(command, 'epochs');
      const period = wholeLedgerDays(parsePeriod(`${from}..${to}`, ledger.chain), ledger.chain);
      let rows = 0n;
      writeOutFile(out, (append) => {
        rows = writeLedgerFile(ledger, period, append);
      });
      rewardsOutput(command).result({ out, rows }, [`${out} has ${rows.toString()} rows.`]);
    });
}
