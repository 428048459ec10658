import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { chainSpecOf, commandContext } from '../command-context.ts';
import { CHECKS } from '../doctor/checks/index.ts';
import { examine } from '../doctor/examine.ts';
import { exitCodeOf, worstGrade } from '../doctor/finding.ts';
import { describeExamination } from '../doctor/report.ts';
import { examples } from '../examples.ts';
import { MONITOR_FLAGS, settingOption, SIGNER_SETTINGS } from '../global-options.ts';
import { startProgress } from '../progress.ts';
import { requireDataDirectory } from '../require-database.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'examine configuration, files, machine, database and nodes, and say how to mend what is amiss',
    )
    .option('--thorough', 'follow all of the history of the slashing database, which may take minutes')
    .addHelpText(
      'after',
      `${examples('vigil doctor --data-dir /var/lib/vigil')}

Exit code: 0 nothing to mend, 1 warnings, 3 a fault that keeps Vigil from signing or makes signing unsafe.
Run it as the user of the service, or as root.`,
    );
  for (const name of [...SIGNER_SETTINGS, ...MONITOR_FLAGS]) command.addOption(settingOption(name));
  return command.action(async (options: { thorough?: true }, self: Command) => {
    const context = commandContext(self);
    const { settings, file, output } = context;
    requireDataDirectory(settings['data-dir']);
    const network = await chainSpecOf(context).catch((error: unknown) => error as Error);
    const bar = startProgress('examining', CHECKS.length);
    const examined = await examine(
      {
        settings,
        configFile: file !== null && existsSync(file) ? file : null,
        spec: network instanceof Error ? null : network,
        networkError: network instanceof Error ? network : null,
        thorough: options.thorough === true,
        proc: '/proc',
        nowMs: Date.now,
      },
      CHECKS,
      (_name, index) => bar.update(index),
    );
    bar.stop();
    const grade = worstGrade(examined.flatMap(({ findings }) => findings));
    output.result({ grade, checks: examined }, describeExamination(examined));
    process.exitCode = exitCodeOf(grade);
  });
}
