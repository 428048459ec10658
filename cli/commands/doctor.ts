import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { isVigilError } from '../../core/errors.ts';
import { chainSpecOf, commandContext, type CommandContext } from '../command-context.ts';
import { CHECKS } from '../doctor/checks/index.ts';
import { runtime } from '../doctor/checks/runtime.ts';
import { examine, faultOf, type Examined } from '../doctor/examine.ts';
import { exitCodeOf, worstGrade } from '../doctor/finding.ts';
import type { Patient } from '../doctor/patient.ts';
import { describeCheck, describeGrade } from '../doctor/report.ts';
import { examples } from '../options/examples.ts';
import { MONITOR_FLAGS, settingOption, SIGNER_SETTINGS } from '../options/global-options.ts';
import { Output } from '../output/output.ts';
import { requireDataDirectory } from '../database/require-database.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'examine configuration, files, machine, database and nodes, and say how to mend what is amiss',
    )
    .option('--thorough', 'open every keystore, and follow all of the history of the slashing database')
    .addHelpText(
      'after',
      `${examples('vigil doctor --data-dir /var/lib/vigil')}

Exit code: 0 nothing to mend, 1 warnings, 3 a fault that keeps Vigil from signing or makes signing unsafe.
Run it as the user of the service, or as root.`,
    );
  for (const name of [...SIGNER_SETTINGS, ...MONITOR_FLAGS]) command.addOption(settingOption(name));
  return command.action(async (options: { thorough?: true }, self: Command) => {
    const context = contextOf(self);
    const output = 'output' in context ? context.output : new Output(self.optsWithGlobals()['json'] === true);
    // A disk that hangs holds up everything: what was found until then is to be seen.
    const tell = (one: Examined): void => {
      if (!output.json) output.result(null, describeCheck(one));
    };
    const examined =
      'output' in context
        ? await examine(await patientOf(context, options.thorough === true), CHECKS, tell)
        : await unconfigured(context.error, tell);
    const grade = worstGrade(examined.flatMap(({ findings }) => findings));
    output.result({ grade, checks: examined }, [describeGrade(grade)]);
    process.exitCode = exitCodeOf(grade);
  });
}

/** A configuration that cannot be read is a finding, not the end. */
function contextOf(command: Command): CommandContext | { readonly error: unknown } {
  try {
    return commandContext(command);
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { error };
  }
}

async function unconfigured(error: unknown, tell: (one: Examined) => void): Promise<Examined[]> {
  const examined = [
    { check: runtime.name, findings: await runtime.inspect({} as Patient) },
    { check: 'configuration', findings: [faultOf(error)] },
  ];
  for (const one of examined) tell(one);
  return examined;
}

async function patientOf(context: CommandContext, thorough: boolean): Promise<Patient> {
  const { settings, file } = context;
  requireDataDirectory(settings['data-dir']);
  const network = await chainSpecOf(context).catch((error: unknown) => error as Error);
  return {
    settings,
    configFile: file !== null && existsSync(file) ? file : null,
    spec: network instanceof Error ? null : network,
    networkError: network instanceof Error ? network : null,
    thorough,
    proc: '/proc',
    nowMs: Date.now,
  };
}
