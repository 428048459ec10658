import { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ImportReport } from '../../../slashing-db/index.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { startProgress } from '../../progress.ts';
import { withGuard } from '../../with-guard.ts';
import type { Guard } from '../../../slashing-db/index.ts';

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
      const report = await withGuard(context, (guard) =>
        importFile(guard, file, options.forceFuture === true),
      );
      context.output.result(report, reportLines(report));
    });
}

/** @throws BAD_ARGUMENT when the file cannot be read, INTERCHANGE_* when it cannot be imported */
export async function importFile(guard: Guard, file: string, forceFuture: boolean): Promise<ImportReport> {
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
    return await guard.importInterchange(createReadStream(file), {
      forceFuture,
      onProgress: (bytes) => progress.update(bytes),
    });
  } finally {
    progress.stop();
  }
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
