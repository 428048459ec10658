import { Command } from 'commander';
import { readHistory, shownUrl, verifyHistory, verifyServer } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { describeHistory } from '../../output/describe-history.ts';
import { examples } from '../../options/examples.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { serverPlace } from '../../database/server-place.ts';
import { showServer } from '../slashing-db/verify.ts';
import { requireDatabase } from '../../database/require-database.ts';

export function auditVerifyCommand(): Command {
  return new Command('verify')
    .description('follow the hash chain of the history; names a record that was changed, removed or moved')
    .addHelpText('after', examples('vigil audit verify --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      if (place !== null) {
        showServer(await verifyServer(place), shownUrl(place.url), output);
        return;
      }
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const report = readHistory(
        path,
        anchorPaths(settings),
        ({ base, records, head, witnesses, rememberedBases }) =>
          verifyHistory(base, records(), head, witnesses, rememberedBases),
      );
      output.result(report, [describeHistory(report)]);
      if (report.fault !== null) throw cliError('HISTORY_BROKEN', describeHistory(report));
    });
}
