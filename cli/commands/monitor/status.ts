import { Command } from 'commander';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { monitorAddress } from '../../monitor/call-monitor.ts';
import { describeMonitor } from '../../monitor/describe-monitor.ts';
import { askForStatus, type MonitorAnswers } from '../../monitor/monitor-answers.ts';
import { redraw } from '../../monitor/redraw.ts';

const EVERY_MS = 2000;

export function monitorStatusCommand(): Command {
  return (
    new Command('status')
      .description('show how the watched validators are doing; exits with 1 when the monitor is not healthy')
      .option('--monitor-url <URL>', 'where the monitor is (default: the one of the data directory)')
      // Not --watch, which says who is watched.
      .option('--follow', 'on a terminal: show it again every two seconds, until Ctrl-C')
      .addHelpText(
        'after',
        examples(
          'vigil monitor status --data-dir /var/lib/vigil',
          'vigil monitor status --monitor-url http://monitor:9010 --follow',
        ),
      )
      .action(async (options: { monitorUrl?: string; follow?: boolean }, command: Command) => {
        const { settings, output } = commandContext(command);
        const address = monitorAddress(options.monitorUrl, settings['data-dir']);
        const seen: { last?: MonitorAnswers } = {};
        if (options.follow === true && process.stdout.isTTY && !output.json)
          await redraw(
            async () => describeMonitor(address.name, (seen.last = await askForStatus(address))),
            EVERY_MS,
          );
        // What was on the screen last stays in the terminal, and decides the exit code.
        const answers = seen.last ?? (await askForStatus(address));
        output.result(answers.raw, describeMonitor(address.name, answers));
        if (!answers.status.healthy) process.exitCode = 1;
      })
  );
}
