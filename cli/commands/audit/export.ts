import { Command } from 'commander';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { exportHistory, readHistory } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { requireDatabase } from '../../require-database.ts';

export function auditExportCommand(): Command {
  return new Command('export')
    .description('write the history as JSON Lines with its hashes, for an archive or an auditor')
    .requiredOption('--out <FILE>', 'file to write; it must not exist yet')
    .addHelpText('after', examples('vigil audit export --out history.jsonl --data-dir /var/lib/vigil'))
    .action((options: { out: string }, command: Command) => {
      const { settings, output } = commandContext(command);
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const fd = openNew(options.out);
      let lines = 0;
      try {
        readHistory(path, [], (snapshot) => {
          for (const line of exportHistory(snapshot)) {
            writeSync(fd, line);
            lines += 1;
          }
        });
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      output.result({ records: lines - 1, out: options.out }, [`${lines - 1} records in ${options.out}`]);
    });
}

function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw cliError('FILE_EXISTS', `${file} is there already`, error);
    }
    throw cliError('BAD_ARGUMENT', `${file} cannot be written: ${(error as Error).message}`, error);
  }
}
