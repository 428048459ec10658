import { Command } from 'commander';
import { basename, join } from 'node:path';
import type { KeyTree } from '../../../key-life/derivation/key-tree.ts';
import { checkKeystore, type CheckedKeystore } from '../../../key-life/keystores/check-keystore.ts';
import { keyLifeError } from '../../../key-life/key-life-errors.ts';
import { isVigilError } from '../../../core/errors.ts';
import { findKeystoreFiles } from '../../../signer/keystore/find-keystores.ts';
import { defaultConcurrency, inParallel } from '../../../signer/keystore/load-in-parallel.ts';
import { decodePassword } from '../../../signer/keystore/password.ts';
import { readPrivateFile } from '../../../signer/keystore/private-file.ts';
import { readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { startProgress } from '../../output/progress.ts';
import {
  keyTreeOf,
  namesMnemonic,
  withMnemonicOptions,
  type MnemonicOptions,
} from '../../prompt/mnemonic-source.ts';
import { Terminal } from '../../prompt/terminal.ts';
import { readPasswordFile } from '../../keys/read-password-file.ts';

interface Options extends MnemonicOptions {
  readonly keystores?: string[];
  readonly passwordFile?: string;
}

type Row = CheckedKeystore & { readonly file: string };

export function keysVerifyCommand(): Command {
  const command = new Command('verify')
    .description(
      'open keystores with their password and hold them against the public key they name and, if given, their mnemonic; changes nothing',
    )
    .option('--keystores <PATH...>', 'keystore files, or folders (default: those of the data directory)')
    .option('--password-file <FILE>', 'their password; asked for on a terminal when left out');
  return withMnemonicOptions(command)
    .addHelpText(
      'after',
      examples(
        'vigil keys verify --keystores validator_keys --password-file password.txt',
        'vigil keys verify --keystores validator_keys --mnemonic-prompt',
        'vigil keys verify --data-dir /var/lib/vigil',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const { output, settings } = commandContext(self);
      const files = await findKeystoreFiles(options.keystores ?? [join(settings['data-dir'], 'keys')]);
      const passwordOf = await passwordSource(options, settings['data-dir']);
      const tree = namesMnemonic(options) ? await keyTreeOf(options) : null;
      const rows = twice(await checkAll(files, passwordOf, tree));
      output.table(
        rows,
        ['file', 'pubkey', 'path', 'problems'],
        rows.map(({ file, pubkey, path, problems }) => [
          file,
          pubkey ?? '-',
          path === null || path === '' ? '-' : path,
          problems.length === 0 ? 'none' : problems.join('; '),
        ]),
      );
      const wrong = rows.filter(({ problems }) => problems.length > 0).length;
      if (wrong > 0)
        throw keyLifeError('KEYSTORE_WRONG', `${wrong} of ${rows.length} keystores have a problem`);
    });
}

async function passwordSource(
  { keystores, passwordFile }: Options,
  dataDir: string,
): Promise<(file: string) => Promise<string>> {
  if (passwordFile !== undefined) {
    const password = await readPasswordFile(passwordFile);
    return () => Promise.resolve(password);
  }
  if (keystores === undefined) {
    return async (file) => {
      const path = join(dataDir, 'secrets', basename(file, '.json'));
      return decodePassword(await readPrivateFile(path), path);
    };
  }
  if (!Terminal.available) throw cliError('BAD_ARGUMENT', 'name the password: --password-file FILE');
  const password = await Terminal.with((terminal) => terminal.askHidden('Password of the keystores: '));
  return () => Promise.resolve(password);
}

async function checkAll(
  files: readonly string[],
  passwordOf: (file: string) => Promise<string>,
  tree: KeyTree | null,
): Promise<Row[]> {
  const progress = startProgress('opening keystores', files.length);
  const rows = new Map<string, Row>();
  const checkOne = async (file: string): Promise<Row> => {
    try {
      return {
        file,
        ...(await checkKeystore(await readBoundedFile(file), file, await passwordOf(file), tree)),
      };
    } catch (error) {
      const said = isVigilError(error) ? `${error.code}: ${error.message}` : (error as Error).message;
      return { file, pubkey: null, path: null, problems: [said] };
    }
  };
  try {
    for await (const row of inParallel(files, defaultConcurrency(), checkOne)) {
      rows.set(row.file, row);
      progress.update(rows.size);
    }
  } finally {
    progress.stop();
  }
  return files.flatMap((file) => rows.get(file) ?? []);
}

/** The same key in two files is an accident on its way to two signers. */
function twice(rows: readonly Row[]): Row[] {
  const filesOf = Map.groupBy(rows, ({ pubkey }) => pubkey);
  return rows.map((row) => {
    const others = row.pubkey === null ? [] : (filesOf.get(row.pubkey) ?? []);
    // One of the first two is another, however many there are.
    const other = others.slice(0, 2).find(({ file }) => file !== row.file);
    return other === undefined
      ? row
      : { ...row, problems: [...row.problems, `${other.file} has the same key`] };
  });
}
