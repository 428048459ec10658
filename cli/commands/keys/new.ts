import { Command, Option } from 'commander';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUint64 } from '../../../core/uint64.ts';
import type { Pubkey } from '../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../signer/keystore/bls-keys.ts';
import { encryptKeystore, type Keystore } from '../../../signer/keystore/eip2335.ts';
import { writePrivateFile } from '../../../signer/keystore/private-file.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { startProgress } from '../../progress.ts';
import { readPasswordFile } from '../../read-password-file.ts';
import { withKeyManager } from '../../with-key-manager.ts';

interface Options {
  readonly count: string;
  readonly passwordFile?: string;
  readonly kdf: 'scrypt' | 'pbkdf2';
  readonly out?: string;
}

/** Enough for any test network; more is a slip of the finger. */
const MAX_COUNT = 10_000n;

export function keysNewCommand(): Command {
  return new Command('new')
    .description('make new random keys, for test networks: their keystores are the only copies there are')
    .option('--count <N>', 'how many', '1')
    .option(
      '--password-file <FILE>',
      'password of the keystores (default: a random one for each, kept in the data directory)',
    )
    .addOption(
      new Option('--kdf <NAME>', 'key derivation of the keystores')
        .choices(['scrypt', 'pbkdf2'])
        .default('scrypt'),
    )
    .option(
      '--out <DIR>',
      'write keystores into this folder instead of the data directory; needs --password-file',
    )
    .addHelpText(
      'after',
      examples(
        'vigil keys new --count 4 --network hoodi',
        'vigil keys new --count 4 --out keys --password-file password.txt',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const context = commandContext(command);
      const count = countOf(options.count);
      const password =
        options.passwordFile === undefined ? null : await readPasswordFile(options.passwordFile);
      const pubkeys =
        options.out === undefined
          ? await withKeyManager(context, (keyManager) =>
              make(count, options.kdf, password, (keystore, used) => keyManager.importKey(keystore, used)),
            )
          : await makeInFolder(options.out, count, options.kdf, password);
      context.output.result({ pubkeys }, pubkeys);
    });
}

function countOf(text: string): number {
  const count = parseUint64(text, '--count');
  if (count < 1n || count > MAX_COUNT)
    throw cliError('BAD_ARGUMENT', `--count must be 1 to ${MAX_COUNT.toString()}`);
  return Number(count);
}

async function makeInFolder(
  folder: string,
  count: number,
  kdf: Options['kdf'],
  password: string | null,
): Promise<Pubkey[]> {
  if (password === null)
    throw cliError('BAD_ARGUMENT', '--out needs --password-file: a random password would be lost');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return make(count, kdf, password, (keystore, _used, pubkey) =>
    writePrivateFile(join(folder, `keystore-${pubkey}.json`), `${JSON.stringify(keystore, null, 2)}\n`),
  );
}

async function make(
  count: number,
  kdf: Options['kdf'],
  password: string | null,
  keep: (keystore: Keystore, password: string, pubkey: Pubkey) => Promise<unknown>,
): Promise<Pubkey[]> {
  const progress = startProgress('making keys', count);
  const pubkeys: Pubkey[] = [];
  try {
    while (pubkeys.length < count) {
      const secretKey = generateSecretKey();
      const secret = secretKey.toBytes();
      const used = password ?? randomBytes(32).toString('hex');
      const keystore = await encryptKeystore(secret, used, { kdf }).finally(() => secret.fill(0));
      const pubkey = pubkeyOf(secretKey);
      await keep(keystore, used, pubkey);
      pubkeys.push(pubkey);
      progress.update(pubkeys.length);
    }
  } finally {
    progress.stop();
  }
  return pubkeys;
}
