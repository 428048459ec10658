import { Command } from 'commander';
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  importInterchangeFile,
  type Guard,
  type ImportReport,
  type Resolution,
} from '../../../slashing-db/index.ts';
import { actingUser } from '../../acting-user.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { describeAccepted } from '../../output/describe-accepted.ts';
import { examples } from '../../options/examples.ts';
import { startProgress } from '../../output/progress.ts';
import { offlineGuardOptions } from '../../database/with-guard.ts';

export function slashingDbImportCommand(): Command {
  return new Command('import')
    .description('merge an EIP-3076 interchange file: all of it or nothing, never lowering anything')
    .argument('<file>', 'interchange file of any client')
    .option('--force-future', 'accept messages from the future, which silence their keys until then')
    .addHelpText(
      'after',
      examples('vigil slashing-db import slashing-protection.json --data-dir /var/lib/vigil'),
    )
    .action(async (file: string, options: { forceFuture?: true }, command: Command) => {
      const context = commandContext(command);
      const dataDir = context.settings['data-dir'];
      if (!existsSync(dataDir))
        context.output.note(`there is no data directory at ${dataDir} yet: it is made`);
      const { options: guard } = await offlineGuardOptions(context);
      const by = actingUser('slashing-db import');
      const report = await readingFile(file, (source, onProgress) =>
        importInterchangeFile(guard, source, { by, onProgress, forceFuture: options.forceFuture === true }),
      );
      context.output.result(report, [...reportLines(report), ...resolutionLines(report)]);
    });
}

/** @throws BAD_ARGUMENT when the file cannot be read, INTERCHANGE_* when it cannot be imported */
export function importFile(guard: Guard, file: string, by: string): Promise<ImportReport> {
  return readingFile(file, (source, onProgress) => guard.importInterchange(source, { by, onProgress }));
}

/** With a progress bar over its bytes. @throws BAD_ARGUMENT when the file cannot be read */
export async function readingFile<T>(
  file: string,
  use: (source: AsyncIterable<Uint8Array>, onProgress: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  const size = await stat(file).then(
    (found) => {
      if (!found.isFile()) throw cliError('BAD_ARGUMENT', `${file} is not a file`);
      return found.size;
    },
    (error: unknown) => {
      throw cliError('BAD_ARGUMENT', `${file} cannot be read: ${(error as Error).message}`, error);
    },
  );
  const progress = startProgress('importing', size);
  try {
    return await use(bytesOf(file), (bytes) => progress.update(bytes));
  } finally {
    progress.stop();
  }
}

/** Opened when the first bytes are asked for, which may be never: whoever opened it closes it again. */
async function* bytesOf(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
}

function resolutionLines({ found, accepted }: Resolution): string[] {
  if (found === null) return [];
  return [`the database had gone back (${found}); with this file it goes on`, ...describeAccepted(accepted)];
}

export function reportLines(report: ImportReport): string[] {
  const lines = [
    `imported ${report.blocks} blocks and ${report.attestations} attestations of ${report.keys} keys; raised the watermarks of ${report.raised}`,
  ];
  if (report.suspicious > 0) {
    lines.push(
      `warning: ${report.suspicious} entries contradict each other or themselves; their keys may have signed slashable messages elsewhere`,
    );
  }
  return lines;
}
