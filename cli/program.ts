import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { globalOptions } from './options/global-options.ts';
import { unshadowedGlobalOptions } from './options/shadowed-options.ts';

/** What stands behind each noun. Loaded when it is typed: all of them take half a second. */
const NOUNS: Readonly<Record<string, () => Promise<Command>>> = {
  'init': async () => (await import('./commands/init.ts')).initCommand(),
  'signer': async () => (await import('./commands/signer.ts')).signerCommand(),
  'explain': async () => (await import('./commands/explain.ts')).explainCommand(),
  'keys': async () => (await import('./commands/keys/keys.ts')).keysCommand(),
  'deposit': async () => (await import('./commands/deposit/deposit.ts')).depositCommand(),
  'exit': async () => (await import('./commands/exit/exit.ts')).exitCommand(),
  'credentials': async () => (await import('./commands/credentials/credentials.ts')).credentialsCommand(),
  'consolidation': async () => (await import('./commands/consolidation.ts')).consolidationCommand(),
  'slashing-db': async () => (await import('./commands/slashing-db/slashing-db.ts')).slashingDbCommand(),
  'audit': async () => (await import('./commands/audit/audit.ts')).auditCommand(),
  'rewards': async () => (await import('./commands/rewards/rewards.ts')).rewardsCommand(),
  'monitor': async () => (await import('./commands/monitor/monitor.ts')).monitorCommand(),
  'alerts': async () => (await import('./commands/alerts/alerts.ts')).alertsCommand(),
  'config': async () => (await import('./commands/config/config.ts')).configCommand(),
  'access': async () => (await import('./commands/access/access.ts')).accessCommand(),
  'migrate': async () => (await import('./commands/migrate/migrate.ts')).migrateCommand(),
  'install': async () => (await import('./commands/install/install.ts')).installCommand(),
  'doctor': async () => (await import('./commands/doctor.ts')).doctorCommand(),
  'demo': async () => (await import('./commands/demo.ts')).demoCommand(),
  'completion': async () => (await import('./commands/completion.ts')).completionCommand(),
};
/** It prints what all the others are. */
const NEEDS_ALL = 'completion';

/**
 * The command line: nouns, then verbs.
 * @param argv what was typed, of which only the noun that comes first is loaded; without it, or when another word comes
 *   first, all are
 */
export async function createProgram(argv: readonly string[] = []): Promise<Command> {
  const program = new Command('vigil')
    .description('Ethereum validator operations toolkit and slashing guard')
    .version(manifest.version)
    .configureHelp({
      showGlobalOptions: true,
      sortSubcommands: true,
      visibleGlobalOptions: unshadowedGlobalOptions,
    })
    .showHelpAfterError('(run with --help for usage and examples)');
  // Before any command is added: commands take these settings over when they are made.
  program.exitOverride();
  for (const option of globalOptions()) program.addOption(option);
  for (const load of wantedOf(argv)) program.addCommand(await load());
  inheritSettings(program);
  return program;
}

function wantedOf([, , first = '']: readonly string[]): readonly (() => Promise<Command>)[] {
  if (first === '--version' || first === '-V') return [];
  const wanted = first !== NEEDS_ALL && Object.hasOwn(NOUNS, first) ? NOUNS[first] : undefined;
  return wanted === undefined ? Object.values(NOUNS) : [wanted];
}

/** `addCommand` copies nothing down, so that a wrong flag of a verb would end the process by itself. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
