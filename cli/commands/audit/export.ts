import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { exportHistory, readHistory } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { refuseServer } from '../../not-on-server.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { requireDatabase } from '../../require-database.ts';
import { writeOutFile } from '../../write-out-file.ts';

export function auditExportCommand(): Command {
  return new Command('export')
    .description('write the history as JSON Lines with its hashes, for an archive or an auditor')
    .requiredOption('--out <FILE>', 'file to write; it must not exist yet')
    .addHelpText('after', examples('vigil audit export --out history.jsonl --data-dir /var/lib/vigil'))
    .action((options: { out: string }, command: Command) => {
      const { settings, output } = commandContext(command);
      refuseServer(
        settings,
        'the table `history` holds the records; `vigil audit verify` follows their chains',
      );
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      if (existsSync(options.out)) throw cliError('FILE_EXISTS', `${options.out} is there already`);
      let lines = 0;
      writeOutFile(options.out, (append) =>
        readHistory(path, [], (snapshot) => {
          for (const line of exportHistory(snapshot)) {
            append(line);
            lines += 1;
          }
        }),
      );
      output.result({ records: lines - 1, out: options.out }, [`${lines - 1} records in ${options.out}`]);
    });
}
