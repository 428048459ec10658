import { Command, Option } from 'commander';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DAEMONS, installSet, RULES_FILE, type Daemon } from '../../../monitor/alerting/index.ts';
import { install } from '../../alerts/installation.ts';
import { networkTime } from '../../alerts/network-time.ts';
import { runbookPages } from '../../alerts/runbooks.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';

interface Options {
  readonly dir: string;
  readonly only?: Daemon;
  readonly runbooks?: string;
  readonly force?: true;
}

export function alertsInstallCommand(): Command {
  return new Command('install')
    .description('write alert rules for Prometheus, examples for it and the Alertmanager, and the runbooks')
    .option('--dir <DIR>', 'folder to write to', 'vigil-alerting')
    .addOption(
      new Option(
        '--only <DAEMON>',
        'rules for one daemon, when the other one is not there; without it both are expected, and one that is missing alerts',
      ).choices([...DAEMONS]),
    )
    .option(
      '--runbooks <URL>',
      'where the runbooks can be read, for the links in the alerts (default: the files in DIR/runbooks)',
    )
    .option('--force', 'overwrite files that were changed since Vigil wrote them')
    .addHelpText(
      'after',
      examples(
        'vigil alerts install --dir /etc/prometheus/vigil',
        'vigil alerts install --network gnosis --only monitor --runbooks https://wiki.example/vigil',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const context = commandContext(self);
      const folder = resolve(options.dir);
      const files = {
        ...installSet({
          ...(await networkTime(context)),
          daemons: options.only === undefined ? DAEMONS : [options.only],
          runbooks: baseOf(options.runbooks) ?? pathToFileURL(join(folder, 'runbooks')).href,
        }),
        ...Object.fromEntries(
          Object.entries(runbookPages()).map(([name, text]) => [`runbooks/${name}`, text]),
        ),
      };
      const written = install(folder, files, options.force === true);
      const { output } = context;
      const own = [...written].filter(([name]) => !name.startsWith('runbooks/'));
      const pages = written.size - own.length;
      output.result({ dir: folder, files: Object.fromEntries(written) }, [
        ...own.map(([name, what]) => `${join(folder, name)}  ${what}`),
        `${join(folder, 'runbooks')}  ${pages} pages`,
      ]);
      output.note(`Then: name ${join(folder, RULES_FILE)} in prometheus.yml as prometheus.example.yml does,`);
      output.note('fill in the receivers of alertmanager.example.yml, reload both, and `vigil alerts test`.');
    });
}

function baseOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw cliError('BAD_ARGUMENT', '--runbooks must be an http:// or https:// URL');
  return url.replace(/\/+$/, '');
}
