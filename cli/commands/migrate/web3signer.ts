import { Command } from 'commander';
import { resolve } from 'node:path';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { migrate, type MigrationOptions } from '../../migrate/web3signer/migrate.ts';
import { migrationLines } from '../../migrate/web3signer/report.ts';

interface Options {
  readonly config?: string;
  readonly env?: true;
  readonly web3signerDir?: string;
  readonly interchange?: string;
  readonly withoutHistory?: true;
  readonly outConfig?: string;
  readonly dryRun?: true;
}

export function migrateWeb3signerCommand(): Command {
  return new Command('web3signer')
    .description('bring configuration, keys and slashing history of a Web3Signer here')
    .option('--config <FILE>', 'configuration file of Web3Signer')
    .option('--env', 'take its WEB3SIGNER_* environment variables too; they go before the file')
    .option(
      '--web3signer-dir <DIR>',
      'folder it is started in: its relative paths start there (default: this one)',
    )
    .option(
      '--interchange <FILE>',
      'its exported slashing history (EIP-3076); merged before any key becomes active',
    )
    .option(
      '--without-history',
      'bring keys in without their history: on-missing-history decides what they sign',
    )
    .option('--out-config <FILE>', 'write a vigil.yaml with its settings; never in the place of another file')
    .option(
      '--vigil-config <FILE>',
      'configuration file of Vigil (default: vigil.yaml in the data directory)',
    )
    .option('--dry-run', 'do everything but write')
    .addHelpText(
      'after',
      examples(
        'vigil migrate web3signer --config web3signer.yaml --interchange slashing-protection.json --dry-run',
        'vigil migrate web3signer --config web3signer.yaml --interchange slashing-protection.json \\\n' +
          '      --data-dir /var/lib/vigil --out-config /var/lib/vigil/vigil.yaml',
      ),
    )
    .action(async (_options, command: Command) => {
      const options = migrationOptions(command.optsWithGlobals<Options>());
      const context = commandContext(command, 'vigilConfig');
      await migrate(options, context, (report) => context.output.result(report, migrationLines(report)));
    });
}

/** @throws BAD_ARGUMENT for flags that contradict each other */
function migrationOptions(flags: Options): MigrationOptions {
  if (flags.config === undefined && flags.env === undefined) {
    throw cliError('BAD_ARGUMENT', 'name the configuration of Web3Signer: --config FILE, or --env');
  }
  if (flags.interchange !== undefined && flags.withoutHistory === true) {
    throw cliError('BAD_ARGUMENT', '--interchange and --without-history contradict each other');
  }
  return {
    configFile: flags.config === undefined ? null : resolve(flags.config),
    environment: flags.env === true ? process.env : null,
    workingFolder: flags.web3signerDir === undefined ? null : resolve(flags.web3signerDir),
    interchange: flags.interchange ?? null,
    withoutHistory: flags.withoutHistory === true,
    outConfig: flags.outConfig ?? null,
    dryRun: flags.dryRun === true,
  };
}
