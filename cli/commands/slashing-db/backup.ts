import { Command } from 'commander';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backupDatabase } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { refuseServer } from '../../database/not-on-server.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { requireDatabase } from '../../database/require-database.ts';

/** Names sort by age, and nothing else in the folder is ever touched. */
const BACKUP = /^slashing-protection-[0-9]{8}T[0-9]{6}Z\.sqlite$/;

export function slashingDbBackupCommand(): Command {
  return new Command('backup')
    .description('copy the slashing database, beside a running signer too, and look the copy over')
    .requiredOption('--to <DIR>', 'folder of the backups; made if it is missing')
    .option('--keep <N>', 'remove all but the newest N backups afterwards')
    .addHelpText(
      'after',
      examples('vigil slashing-db backup --data-dir /var/lib/vigil --to /var/backups/vigil --keep 14'),
    )
    .addHelpText(
      'after',
      '\nA backup that is put back is older than what was signed since: the signer refuses to start on it until\n' +
        'you have said so (docs/recovery.md). It holds no keys.',
    )
    .action((options: { to: string; keep?: string }, command: Command) => {
      const keep = keepOf(options.keep);
      const { settings, output } = commandContext(command);
      refuseServer(
        settings,
        'back up its server as it is made for (pg_dump --format=custom, or a base backup with its WAL), and read ' +
          'docs/high-availability.md#restoring-a-backup before one is put back; ' +
          '`vigil slashing-db export` writes what another client needs',
      );
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const file = join(options.to, backupName(new Date()));
      if (existsSync(file)) throw cliError('FILE_EXISTS', `${file} is there already`);
      makeFolder(options.to);
      const report = backupDatabase(path, file);
      // Only now: whatever went wrong, the old ones are still there.
      const removed = keep === null ? [] : prune(options.to, keep);
      output.result({ file, ...report, removed }, [
        `backed up to ${file} (${report.bytes} bytes, ${report.records} records), read back and sound`,
        ...removed.map((name) => `removed ${name}`),
      ]);
    });
}

const backupName = (now: Date): string =>
  `slashing-protection-${now.toISOString().replaceAll(/[-:]|\.[0-9]+/g, '')}.sqlite`;

function keepOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw cliError('BAD_ARGUMENT', `--keep wants a number from 1: ${text}`);
  return Number(text);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cliError('BAD_ARGUMENT', `${path} cannot be made: ${(error as Error).message}`, error);
  }
}

function prune(folder: string, keep: number): string[] {
  const names = readdirSync(folder).filter((name) => BACKUP.test(name));
  const old = names.sort().slice(0, -keep);
  for (const name of old) rmSync(join(folder, name), { force: true });
  return old;
}
