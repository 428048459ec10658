import { Command } from 'commander';
import { findKeystoreFiles } from '../../../signer/keystore/find-keystores.ts';
import { actingUser } from '../../acting-user.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { settingOption } from '../../options/global-options.ts';
import { importKeystores } from '../../keys/import-keystores.ts';
import { readPasswordFile } from '../../keys/read-password-file.ts';
import { requirePlaceForKeys } from '../../database/require-database.ts';
import { stopSignal } from '../../stop-signal.ts';
import { withKeysCached } from '../../keys/with-key-manager.ts';
import { importFile, reportLines } from '../slashing-db/import.ts';

interface Options {
  readonly keystores: string[];
  readonly passwordFile: string;
  readonly slashingProtection?: string;
}

export function keysImportCommand(): Command {
  return new Command('import')
    .description(
      'bring EIP-2335 keystores in, with the slashing protection of the client they come from; repeated, it goes on where it was ended',
    )
    .requiredOption('--keystores <PATH...>', 'keystore files, or folders that are searched for them')
    .requiredOption('--password-file <FILE>', 'file with the password of the keystores')
    .option('--slashing-protection <FILE>', 'EIP-3076 interchange file; merged before any key becomes active')
    .addOption(settingOption('key-cache'))
    .addHelpText(
      'after',
      examples(
        'vigil keys import --keystores validator_keys --password-file password.txt --slashing-protection slashing-protection.json',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const context = commandContext(command);
      requirePlaceForKeys(context.settings['data-dir']);
      const files = await findKeystoreFiles(options.keystores);
      const password = await readPasswordFile(options.passwordFile);
      const by = actingUser('keys import');
      const { slashingProtection } = options;
      const results = await withKeysCached(context, (keyManager, guard) => {
        const mergeHistory = async (): Promise<void> => {
          if (slashingProtection === undefined) return;
          const report = await importFile(guard, slashingProtection, by);
          for (const line of reportLines(report)) context.output.note(line);
        };
        const { signal } = stopSignal();
        return importKeystores(files, password, { keyManager, mergeHistory, by, signal });
      });
      context.output.table(
        results,
        ['file', 'pubkey', 'status', 'message'],
        results.map((result) => [result.file, result.pubkey ?? '-', result.status, result.message]),
      );
      if (results.length < files.length)
        throw cliError('IMPORT_UNFINISHED', `${results.length} of ${files.length} keystores were looked at`);
      const failed = results.filter((result) => result.status === 'error').length;
      if (failed > 0)
        throw cliError('SOME_KEYS_FAILED', `${failed} of ${results.length} keystores were not imported`);
    });
}
