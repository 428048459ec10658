import { Command } from 'commander';
import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import type { KeyManager } from '../../../signer/keys/key-manager.ts';
import { parseKeystore } from '../../../signer/keystore/eip2335.ts';
import { findKeystoreFiles } from '../../../signer/keystore/find-keystores.ts';
import { defaultConcurrency, inParallel } from '../../../signer/keystore/load-in-parallel.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { startProgress } from '../../progress.ts';
import { readPasswordFile } from '../../read-password-file.ts';
import { withKeyManager } from '../../with-key-manager.ts';
import { importFile, reportLines } from '../slashing-db/import.ts';

interface Options {
  readonly keystores: string[];
  readonly passwordFile: string;
  readonly slashingProtection?: string;
}

interface ItemResult {
  readonly file: string;
  readonly pubkey: Pubkey | null;
  readonly status: 'imported' | 'duplicate' | 'error';
  readonly message: string;
}

export function keysImportCommand(): Command {
  return new Command('import')
    .description('bring EIP-2335 keystores in, with the slashing protection of the client they come from')
    .requiredOption('--keystores <PATH...>', 'keystore files, or folders that are searched for them')
    .requiredOption('--password-file <FILE>', 'file with the password of the keystores')
    .option('--slashing-protection <FILE>', 'EIP-3076 interchange file; merged before any key becomes active')
    .addHelpText(
      'after',
      examples(
        'vigil keys import --keystores validator_keys --password-file password.txt --slashing-protection slashing-protection.json',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const context = commandContext(command);
      const files = await findKeystoreFiles(options.keystores);
      const password = await readPasswordFile(options.passwordFile);
      const results = await withKeyManager(context, async (keyManager, guard) => {
        if (options.slashingProtection !== undefined) {
          const report = await importFile(guard, options.slashingProtection, false);
          for (const line of reportLines(report)) context.output.note(line);
        }
        return importAll(keyManager, files, password);
      });
      context.output.table(
        results,
        ['file', 'pubkey', 'status', 'message'],
        results.map((result) => [result.file, result.pubkey ?? '-', result.status, result.message]),
      );
      const failed = results.filter((result) => result.status === 'error').length;
      if (failed > 0)
        throw cliError('SOME_KEYS_FAILED', `${failed} of ${results.length} keystores were not imported`);
    });
}

async function importAll(
  keyManager: KeyManager,
  files: readonly string[],
  password: string,
): Promise<ItemResult[]> {
  const progress = startProgress('opening keystores', files.length);
  const results: ItemResult[] = [];
  try {
    for await (const result of inParallel(files, defaultConcurrency(), (file) =>
      importOne(keyManager, file, password),
    )) {
      results.push(result);
      progress.update(results.length);
    }
  } finally {
    progress.stop();
  }
  return results.sort((one, other) => files.indexOf(one.file) - files.indexOf(other.file));
}

async function importOne(keyManager: KeyManager, file: string, password: string): Promise<ItemResult> {
  try {
    const text = Buffer.from(await readBoundedFile(file)).toString('utf8');
    const { pubkey, status } = await keyManager.importKey(parseKeystore(text, file), password);
    return { file, pubkey, status, message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { file, pubkey: null, status: 'error', message: `${error.code}: ${error.message}` };
  }
}
