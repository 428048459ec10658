import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { accessTokenCommand } from './commands/access/token.ts';
import { alertsInstallCommand } from './commands/alerts/install.ts';
import { alertsTestCommand } from './commands/alerts/test.ts';
import { auditExportCommand } from './commands/audit/export.ts';
import { auditShowCommand } from './commands/audit/show.ts';
import { auditVerifyCommand } from './commands/audit/verify.ts';
import { completionCommand } from './commands/completion.ts';
import { configCheckCommand } from './commands/config/check.ts';
import { configExplainCommand } from './commands/config/explain.ts';
import { consolidationCommand } from './commands/consolidation.ts';
import { credentialsBroadcastCommand } from './commands/credentials/broadcast.ts';
import { credentialsSetCommand } from './commands/credentials/set.ts';
import { depositVerifyCommand } from './commands/deposit/verify.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exitBroadcastCommand } from './commands/exit/broadcast.ts';
import { exitSignCommand } from './commands/exit/sign.ts';
import { exitTransactionCommand } from './commands/exit/transaction.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { installSystemdCommand } from './commands/install/systemd.ts';
import { keysFreezeCommand } from './commands/keys/freeze.ts';
import { keysHandoverCommand } from './commands/keys/handover.ts';
import { keysImportCommand } from './commands/keys/import.ts';
import { keysListCommand } from './commands/keys/list.ts';
import { keysNewCommand } from './commands/keys/new.ts';
import { keysOverrideFloorCommand } from './commands/keys/override-floor.ts';
import { keysReloadCommand } from './commands/keys/reload.ts';
import { keysRemoveCommand } from './commands/keys/remove.ts';
import { keysTakeoverCommand } from './commands/keys/takeover.ts';
import { keysUnfreezeCommand } from './commands/keys/unfreeze.ts';
import { keysVerifyCommand } from './commands/keys/verify.ts';
import { migrateWeb3signerCommand } from './commands/migrate/web3signer.ts';
import { monitorCommand } from './commands/monitor/monitor.ts';
import { rewardsCheckCommand } from './commands/rewards/check.ts';
import { rewardsExportLedgerCommand } from './commands/rewards/export-ledger.ts';
import { rewardsExplainCommand } from './commands/rewards/explain.ts';
import { rewardsInitPoolCommand } from './commands/rewards/init-pool.ts';
import { rewardsReportCommand } from './commands/rewards/report.ts';
import { rewardsSplitCommand } from './commands/rewards/split.ts';
import { rewardsVerifyCommand } from './commands/rewards/verify.ts';
import { signerCommand } from './commands/signer.ts';
import { slashingDbAcceptClockCommand } from './commands/slashing-db/accept-clock.ts';
import { slashingDbAcceptRollbackCommand } from './commands/slashing-db/accept-rollback.ts';
import { slashingDbBackupCommand } from './commands/slashing-db/backup.ts';
import { slashingDbCopyCommand } from './commands/slashing-db/copy.ts';
import { slashingDbExportCommand } from './commands/slashing-db/export.ts';
import { slashingDbImportCommand } from './commands/slashing-db/import.ts';
import { slashingDbMigrateCommand } from './commands/slashing-db/migrate.ts';
import { slashingDbStatusCommand } from './commands/slashing-db/status.ts';
import { slashingDbVerifyCommand } from './commands/slashing-db/verify.ts';
import { globalOptions } from './global-options.ts';
import { prepareCommand } from './operations/prepare-command.ts';
import { unshadowedGlobalOptions } from './shadowed-options.ts';

/** The whole command line: nouns, then verbs. */
export function createProgram(): Command {
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

  program.addCommand(initCommand());
  program.addCommand(signerCommand());
  program.addCommand(explainCommand());
  program.addCommand(
    noun('keys', 'keystores of this signer', [
      keysNewCommand(),
      keysVerifyCommand(),
      keysImportCommand(),
      keysListCommand(),
      keysRemoveCommand(),
      keysReloadCommand(),
      keysFreezeCommand(),
      keysUnfreezeCommand(),
      keysHandoverCommand(),
      keysTakeoverCommand(),
      keysOverrideFloorCommand(),
    ]),
  );
  program.addCommand(noun('deposit', 'deposits for the launchpad', [depositVerifyCommand()]));
  program.addCommand(
    noun('exit', 'take validators out', [
      prepareCommand('exit'),
      exitSignCommand(),
      exitBroadcastCommand(),
      exitTransactionCommand(),
    ]),
  );
  program.addCommand(
    noun('credentials', 'where withdrawals of validators go', [
      prepareCommand('credentials'),
      credentialsSetCommand(),
      credentialsBroadcastCommand(),
    ]),
  );
  program.addCommand(consolidationCommand());
  program.addCommand(
    noun('slashing-db', 'slashing-protection database', [
      slashingDbImportCommand(),
      slashingDbBackupCommand(),
      slashingDbExportCommand(),
      slashingDbStatusCommand(),
      slashingDbVerifyCommand(),
      slashingDbMigrateCommand(),
      slashingDbCopyCommand(),
      slashingDbAcceptRollbackCommand(),
      slashingDbAcceptClockCommand(),
    ]),
  );
  program.addCommand(
    noun('audit', 'history of everything signed, refused and done', [
      auditVerifyCommand(),
      auditShowCommand(),
      auditExportCommand(),
    ]),
  );
  program.addCommand(
    noun('rewards', 'report staking rewards, and split them among the participants of a pool', [
      rewardsInitPoolCommand(),
      rewardsCheckCommand(),
      rewardsSplitCommand(),
      rewardsVerifyCommand(),
      rewardsExplainCommand(),
      rewardsReportCommand(),
      rewardsExportLedgerCommand(),
    ]),
  );
  program.addCommand(monitorCommand());
  program.addCommand(
    noun('alerts', 'alert rules for Prometheus', [alertsInstallCommand(), alertsTestCommand()]),
  );
  program.addCommand(noun('config', 'configuration', [configCheckCommand(), configExplainCommand()]));
  program.addCommand(noun('access', 'credentials of clients', [accessTokenCommand()]));
  program.addCommand(noun('migrate', 'move here from another signer', [migrateWeb3signerCommand()]));
  program.addCommand(noun('install', 'make Vigil a service of this machine', [installSystemdCommand()]));
  program.addCommand(doctorCommand());
  program.addCommand(demoCommand());
  program.addCommand(completionCommand());
  inheritSettings(program);
  return program;
}

function noun(name: string, description: string, verbs: readonly Command[]): Command {
  const command = new Command(name).description(description);
  for (const verb of verbs) command.addCommand(verb);
  return command;
}

/** `addCommand` copies nothing down, so that a wrong flag of a verb would end the process by itself. */
function inheritSettings(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritSettings(child);
  }
}
