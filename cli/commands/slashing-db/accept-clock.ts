import { Command } from 'commander';
import { userInfo } from 'node:os';
import { databasePath } from '../../../signer/data-directory.ts';
import { commandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { examples } from '../../options/examples.ts';
import { requireDatabase, requireDataDirectory } from '../../database/require-database.ts';
import { withGuard } from '../../database/with-guard.ts';

export function slashingDbAcceptClockCommand(): Command {
  return new Command('accept-clock')
    .description('take the present clock for right although a later time has been seen')
    .requiredOption('--reason <TEXT>', 'what happened, for the history')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('vigil slashing-db accept-clock --reason "the clock was a day ahead"'))
    .action(async (options: { reason: string; yes?: true }, command: Command) => {
      const context = commandContext(command);
      const { 'data-dir': dataDir, 'slashing-db': server } = context.settings;
      if (server === null) requireDatabase(databasePath(dataDir));
      else requireDataDirectory(dataDir);
      const now = new Date().toISOString();
      await confirm(
        [
          `You state that it is ${now} and that the later time that was seen was wrong.`,
          'Keys that signed under the wrong time stay silent until that time comes.',
        ],
        options.yes === true,
      );
      const by = `${userInfo().username}, vigil slashing-db accept-clock`;
      await withGuard(context, (guard) => guard.operator.acceptClock({ by, reason: options.reason }));
      context.output.result({ now }, [`the clock is taken for right: ${now}`]);
    });
}
