import { Command } from 'commander';
import { userInfo } from 'node:os';
import { acceptRollback, readServerStatus } from '../../../slashing-db/index.ts';
import { commandContext } from '../../command-context.ts';
import { requireDataDirectory } from '../../database/require-database.ts';
import { serverPlace } from '../../database/server-place.ts';
import { describeAccepted, describeOthers } from '../../output/describe-accepted.ts';
import { confirm } from '../../confirm.ts';
import { examples } from '../../options/examples.ts';
import { offlineGuardOptions } from '../../database/with-guard.ts';

export function slashingDbAcceptRollbackCommand(): Command {
  return new Command('accept-rollback')
    .description(
      'go on with a database that has gone back or came from elsewhere, above the boot floor of now',
    )
    .requiredOption('--reason <TEXT>', 'what happened, for the history')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples('vigil slashing-db accept-rollback --reason "restored after disk failure"'),
    )
    .action(async (options: { reason: string; yes?: true }, command: Command) => {
      const context = commandContext(command);
      const place = serverPlace(context.settings);
      if (place !== null) requireDataDirectory(context.settings['data-dir']);
      await confirm(
        [
          'What this database does not know stays unknown: all keys are raised to the present epoch and sign again after it.',
          'Deletions, freezes and hand-overs that were lost with it are lost: do them again before the signer starts.',
          'It does not help against a second signer that still runs with these keys. Make sure there is none.',
        ],
        options.yes === true,
      );
      const { options: guard } = await offlineGuardOptions(context);
      const by = `${userInfo().username}, vigil slashing-db accept-rollback`;
      const resolution = await acceptRollback(guard, { by, reason: options.reason });
      context.output.result(resolution, [
        `found: ${resolution.found ?? 'nothing against this database'}`,
        ...describeAccepted(resolution.accepted),
        ...(place === null ? [] : describeOthers(await readServerStatus(place), place.instance)),
      ]);
    });
}
