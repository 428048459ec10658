import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { copyDatabase, isDatabaseUrl, shownUrl, type OpenGuardOptions } from '../../../slashing-db/index.ts';
import { actingUser } from '../../acting-user.ts';
import { chainSpecOf, commandContext, type CommandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { sourceFile } from '../../database/copy-source.ts';
import { fileOf } from '../../database/file-place.ts';
import { anchorPaths, guardOptions } from '../../database/guard-options.ts';

export function slashingDbCopyCommand(): Command {
  return new Command('copy')
    .description(
      'merge one slashing database into another, file or server: of each the stricter, nothing lowered',
    )
    .requiredOption(
      '--from <WHERE>',
      'data directory, SQLite file or postgresql:// URL; no signer may use it',
    )
    .requiredOption('--to <WHERE>', 'the same; a server needs `vigil slashing-db migrate` first')
    .addHelpText(
      'after',
      examples(
        "vigil slashing-db copy --from /var/lib/vigil --to 'postgresql://vigil@db.example/vigil?sslmode=verify-full'",
      ),
    )
    .addHelpText(
      'after',
      '\nCarried over: states and deletions, freezes, hand-overs, floors and watermarks. The history stays in the source:\n' +
        'keep that, or write it out with `vigil audit export`. Never start a signer on the source again: all keys are\n' +
        'frozen there after the copy. Who has to go on with it lifts that: `vigil keys unfreeze --all --reason WHY`.',
    )
    .action(async ({ from, to }: { from: string; to: string }, command: Command) => {
      const context = commandContext(command);
      const passwordFile = context.settings['slashing-db-password-file'];
      const anchors = anchorPaths(context.settings);
      const source = isDatabaseUrl(from)
        ? { url: from, passwordFile, anchors }
        : sourceFile(from, context.settings);
      const report = await copyDatabase(
        source,
        await destination(context, to),
        actingUser('slashing-db copy'),
        shown(from),
      );
      context.output.result({ from: shown(from), to: shown(to), ...report }, [
        `copied ${report.keys} keys: ${report.deleted} deleted, ${report.frozen} frozen, ${report.handedOver} handed over`,
        'the history stays in the source; all keys are frozen there: do not start a signer on it again',
        ...(report.allFrozen === null
          ? []
          : [`all keys are frozen at the destination too: ${report.allFrozen}`]),
      ]);
    });
}

const shown = (where: string): string => (isDatabaseUrl(where) ? shownUrl(where) : fileOf(where));

/**
 * As who copies are on record in a server's database: all of them as one, for rows of signers are never removed; and one
 * that no signer can be named.
 */
const COPIER = '(copy)';

async function destination(context: CommandContext, to: string): Promise<OpenGuardOptions> {
  const { settings } = context;
  const spec = await chainSpecOf(context);
  const base = { ...guardOptions(settings, spec), onMissingHistory: 'refuse' as const, anchors: [] };
  if (!isDatabaseUrl(to)) {
    const path = fileOf(to);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // The anchor of a data directory is beside its database, and has to go on with it.
    return {
      ...base,
      path,
      shared: null,
      anchors: guardOptions({ ...settings, 'data-dir': dirname(path) }, spec).anchors ?? [],
    };
  }
  mkdirSync(settings['data-dir'], { recursive: true, mode: 0o700 });
  const passwordFile = settings['slashing-db-password-file'];
  return {
    ...base,
    // Beside a signer of this machine, which may run on the destination already.
    path: `${base.path}.copy`,
    shared: { url: to, passwordFile, instance: COPIER },
  };
}
