import { Command } from 'commander';
import {
  shownUrl,
  verifyDatabase,
  verifyServer,
  type DatabaseReport,
  type ServerReport,
} from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { describeHistory } from '../../output/describe-history.ts';
import { examples } from '../../options/examples.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import type { Output } from '../../output/output.ts';
import { serverPlace } from '../../database/server-place.ts';
import { requireDatabase } from '../../database/require-database.ts';

export function slashingDbVerifyCommand(): Command {
  return new Command('verify')
    .description('look the slashing database over for damage; works beside a running signer')
    .option('--quick', 'only the structure of the file, as at every start')
    .addHelpText('after', examples('vigil slashing-db verify --data-dir /var/lib/vigil'))
    .action(async (options: { quick?: true }, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      if (place !== null) {
        showServer(await verifyServer(place), shownUrl(place.url), output);
        return;
      }
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const report = verifyDatabase(path, anchorPaths(settings), options.quick !== true);
      output.result({ path, ...report }, reportLines(report, options.quick === true));
      if (report.file.length > 0 || report.history.fault !== null || report.uncovered.length > 0) {
        throw cliError('DATABASE_FAULTY', `${path} is not sound`);
      }
    });
}

/** What a server's files are like, its own tools know. */
export function showServer(report: ServerReport, url: string, output: Output): void {
  output.result({ url, ...report }, [
    ...report.instances.map(({ name, history }) => `${name}  ${describeHistory(history)}`),
    `watermarks  ${report.uncovered.length === 0 ? 'cover all that is recorded as signed' : `do not cover ${report.uncovered.slice(0, 20).join(', ')}`}`,
  ]);
  if (report.uncovered.length > 0 || report.instances.some(({ history }) => history.fault !== null)) {
    throw cliError('DATABASE_FAULTY', `${url} is not sound`);
  }
}

function reportLines({ file, history, uncovered }: DatabaseReport, quick: boolean): string[] {
  const sound = `file        ${file.length === 0 ? 'sound' : file.join('; ')}`;
  if (quick && history.fault === null) return [sound, 'history     not followed, its end is there'];
  const records = uncovered.map(({ index }) => index).join(', ');
  return [
    sound,
    `history     ${describeHistory(history)}`,
    `watermarks  ${records === '' ? 'cover all that is recorded as signed' : `do not cover record ${records}`}`,
  ];
}
