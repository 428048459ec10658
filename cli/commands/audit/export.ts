import { Command } from 'commander';
import { existsSync } from 'node:fs';
import {
  exportHistory,
  exportServerHistory,
  readHistory,
  readServerHistory,
  type SignerHistory,
} from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { requireDatabase } from '../../database/require-database.ts';
import { serverPlace } from '../../database/server-place.ts';
import { streamOutFile, writeOutFile } from '../../output/write-out-file.ts';

export function auditExportCommand(): Command {
  return new Command('export')
    .description('write the history as JSON Lines with its hashes, for an archive or an auditor')
    .requiredOption('--out <FILE>', 'file to write; it must not exist yet')
    .addHelpText('after', examples('vigil audit export --out history.jsonl --data-dir /var/lib/vigil'))
    .addHelpText(
      'after',
      '\nOf a database on a server: the chain of each signer, one after the other, each behind a header of its own.',
    )
    .action(async (options: { out: string }, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      const path = databasePath(settings['data-dir']);
      if (place === null) requireDatabase(path);
      if (existsSync(options.out)) throw cliError('FILE_EXISTS', `${options.out} is there already`);
      const records =
        place === null ? ofFile(path, options.out) : await readServerHistory(place, ofServer(options.out));
      output.result({ records, out: options.out }, [`${records} records in ${options.out}`]);
    });
}

function ofFile(path: string, out: string): number {
  let lines = 0;
  writeOutFile(out, (append) =>
    readHistory(path, [], (snapshot) => {
      for (const line of exportHistory(snapshot)) {
        append(line);
        lines += 1;
      }
    }),
  );
  return lines - 1;
}

const ofServer =
  (out: string) =>
  async (histories: readonly SignerHistory[]): Promise<number> => {
    let lines = 0;
    await streamOutFile(
      out,
      counted(exportServerHistory(histories), () => (lines += 1)),
    );
    return lines - histories.length;
  };

async function* counted(pieces: AsyncIterable<string>, count: () => void): AsyncIterable<string> {
  for await (const piece of pieces) {
    count();
    yield piece;
  }
}
