import { Command } from 'commander';
import { exportDatabase, exportServer } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { commandContext } from '../../command-context.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { examples } from '../../options/examples.ts';
import { requireDatabase } from '../../database/require-database.ts';
import { serverPlace } from '../../database/server-place.ts';
import { writeOutFile } from '../../output/write-out-file.ts';

export function slashingDbExportCommand(): Command {
  return new Command('export')
    .description('write the EIP-3076 interchange file of all keys ever known, deleted ones included')
    .option('--out <FILE>', 'write there instead of stdout')
    .addHelpText(
      'after',
      examples(
        'vigil slashing-db export --data-dir /var/lib/vigil --out slashing-protection.json',
        'vigil slashing-db export | jq .metadata',
      ),
    )
    .action(async (options: { out?: string }, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      const path = databasePath(settings['data-dir']);
      if (place === null) requireDatabase(path);
      const { keys, text } =
        place === null
          ? exportDatabase(path, anchorPaths(settings))
          : await exportServer(place, anchorPaths(settings));
      if (options.out === undefined) {
        process.stdout.write(text);
        return;
      }
      writeOutFile(options.out, text);
      output.result({ keys, out: options.out }, [`exported ${keys} keys to ${options.out}`]);
    });
}
