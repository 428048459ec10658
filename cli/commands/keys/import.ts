import { Command } from 'commander';
import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import type { KeyManager } from '../../../signer/keys/key-manager.ts';
import { openKeystore, type OpenedKeystore } from '../../../signer/keys/open-keystore.ts';
import { parseKeystore } from '../../../signer/keystore/eip2335.ts';
import { findKeystoreFiles } from '../../../signer/keystore/find-keystores.ts';
import { defaultConcurrency, inParallel } from '../../../signer/keystore/load-in-parallel.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { actingUser } from '../../acting-user.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { startProgress } from '../../progress.ts';
import { readPasswordFile } from '../../read-password-file.ts';
import { requirePlaceForKeys } from '../../require-database.ts';
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
      requirePlaceForKeys(context.settings['data-dir']);
      const files = await findKeystoreFiles(options.keystores);
      const password = await readPasswordFile(options.passwordFile);
      const by = actingUser('keys import');
      const results = await withKeyManager(context, async (keyManager, guard) => {
        // The keystores are proven first, then their history becomes durable, then the keys become active.
        const opened = await openAll(files, password);
        const anyKey = opened.some(({ key }) => key !== null);
        if (options.slashingProtection !== undefined && anyKey) {
          const report = await importFile(guard, options.slashingProtection, by);
          for (const line of reportLines(report)) context.output.note(line);
        }
        return activateAll(keyManager, opened, by);
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

interface OpenedFile {
  readonly file: string;
  /** Null when it did not open; the message says why. */
  readonly key: OpenedKeystore | null;
  readonly message: string;
}

async function openAll(files: readonly string[], password: string): Promise<OpenedFile[]> {
  const progress = startProgress('opening keystores', files.length);
  const opened: OpenedFile[] = [];
  try {
    for await (const one of inParallel(files, defaultConcurrency(), (file) => openOne(file, password))) {
      opened.push(one);
      progress.update(opened.length);
    }
  } finally {
    progress.stop();
  }
  return opened.sort((one, other) => files.indexOf(one.file) - files.indexOf(other.file));
}

async function openOne(file: string, password: string): Promise<OpenedFile> {
  try {
    const text = Buffer.from(await readBoundedFile(file)).toString('utf8');
    return { file, key: await openKeystore(parseKeystore(text, file), password), message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { file, key: null, message: `${error.code}: ${error.message}` };
  }
}

async function activateAll(
  keyManager: KeyManager,
  opened: readonly OpenedFile[],
  by: string,
): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  for (const { file, key, message } of opened) {
    if (key === null) results.push({ file, pubkey: null, status: 'error', message });
    else results.push(await activateOne(keyManager, file, key, by));
  }
  return results;
}

async function activateOne(
  keyManager: KeyManager,
  file: string,
  key: OpenedKeystore,
  by: string,
): Promise<ItemResult> {
  const { pubkey } = key;
  try {
    return { file, pubkey, status: await keyManager.activate(key, by), message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { file, pubkey, status: 'error', message: `${error.code}: ${error.message}` };
  }
}
