import { Command } from 'commander';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { applyPlan, changesOf, type Change } from '../../install/apply-plan.ts';
import { installPlan, systemctl, uninstallPlan, type SystemdPlan } from '../../install/systemd-plan.ts';
import { unitValues, type UnitValues } from '../../install/unit-values.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';

interface Options {
  user?: true;
  dryRun?: true;
  uninstall?: true;
  backupDir?: string;
  allowAddress?: string[];
  destdir?: string;
}

export function installSystemdCommand(): Command {
  return new Command('systemd')
    .description('write units for signer, monitor and backups; or take them away, data untouched')
    .option('--user', 'for the service manager of this user, without root and with less of a sandbox')
    .option('--dry-run', 'print the files and commands, change nothing')
    .option('--uninstall', 'stop the services and remove the units; data, keys and users stay')
    .option('--backup-dir <DIR>', 'where the daily backups go (default: /var/backups/vigil)')
    .option(
      '--allow-address <ADDRESS>',
      'address or network, besides this machine, that the signer may speak with; may be repeated',
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option('--destdir <DIR>', 'write below this folder and run nothing, for packages')
    .addHelpText(
      'after',
      examples(
        'sudo vigil install systemd --dry-run',
        'sudo vigil install systemd --allow-address 10.1.0.0/24',
        'vigil install systemd --user',
        'sudo vigil install systemd --uninstall',
      ),
    )
    .action((options: Options, command: Command) => {
      const { settings, sources, output } = commandContext(command);
      const user = options.user === true;
      const remove = options.uninstall === true;
      const values = unitValues({
        user,
        dataDir: sources['data-dir'] === 'default' ? null : settings['data-dir'],
        backupDir: options.backupDir ?? null,
        allow: options.allowAddress ?? [],
        removing: remove,
      });
      const plan = below(options.destdir, (remove ? uninstallPlan : installPlan)(values, unitFolder(user)));
      if (options.dryRun === true) {
        output.result({ dryRun: true, ...plan }, dryRunLines(plan, remove));
        return;
      }
      const runCommands = options.destdir === undefined;
      if (runCommands && !user && process.getuid?.() !== 0) {
        throw cliError('NOT_PRIVILEGED', 'units of the system are written by root');
      }
      const changes = applyPlan(plan, { remove, runCommands });
      output.result({ changes: Object.fromEntries(changes) }, [
        ...[...changes].map(([path, change]) => `${change.padEnd(10)}${path}`),
        ...(remove || !runCommands ? [] : nextSteps(values)),
      ]);
    });
}

const unitFolder = (user: boolean): string =>
  user
    ? join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'systemd/user')
    : '/etc/systemd/system';

function below(destdir: string | undefined, plan: SystemdPlan): SystemdPlan {
  if (destdir === undefined) return plan;
  return { ...plan, files: plan.files.map((file) => ({ ...file, path: join(destdir, file.path) })) };
}

function dryRunLines(plan: SystemdPlan, remove: boolean): string[] {
  const told: Record<Change, string> = {
    written: 'would write',
    unchanged: 'is already',
    removed: 'would remove',
    absent: 'is not there',
  };
  const changes = changesOf(plan.files, remove);
  const commands = (which: SystemdPlan['after']) => which.map(({ argv }) => `would run ${argv.join(' ')}`);
  return [
    ...commands(plan.before),
    ...plan.files.flatMap(({ path, text }) => [
      `${told[changes.get(path) ?? 'written']} ${path}`,
      ...(changes.get(path) === 'written'
        ? text
            .trimEnd()
            .split('\n')
            .map((line) => `    ${line}`.trimEnd())
        : []),
    ]),
    ...plan.folders.map((folder) => `would make ${folder} if it is missing`),
    ...commands(plan.after),
  ];
}

function nextSteps(values: UnitValues): string[] {
  const { user, dataDir, monitorDir } = values;
  const ctl = systemctl(values).join(' ');
  const as = user ? 'vigil' : 'sudo -u vigil vigil';
  const monitor = user ? 'vigil' : 'sudo -u vigil-monitor vigil';
  return [
    '',
    'Next, unless it is there already:',
    `  ${as} init --data-dir ${dataDir} --network NAME`,
    `  ${as} keys import --data-dir ${dataDir} --keystores PATH --password-file FILE --slashing-protection FILE`,
    `  ${ctl} enable --now vigil-signer vigil-backup.timer`,
    'and for the monitor, with beacon-node and watch in its vigil.yaml:',
    ...(user ? [] : [`  ${monitor} config check --data-dir ${monitorDir}`]),
    `  ${ctl} enable --now vigil-monitor`,
  ];
}
