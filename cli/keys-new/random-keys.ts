import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pubkey } from '../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { encryptKeystore, type Keystore } from '../../signer/keystore/eip2335.ts';
import { writePrivateFile } from '../../signer/keystore/private-file.ts';
import { actingUser } from '../acting-user.ts';
import { cliError } from '../cli-errors.ts';
import type { CommandContext } from '../command-context.ts';
import { readPasswordFile } from '../keys/read-password-file.ts';
import { requirePlaceForKeys } from '../database/require-database.ts';
import { withKeysCached } from '../keys/with-key-manager.ts';
import { makeEach } from './make-each.ts';
import { countOf, type KeysNewOptions } from './options.ts';

/** Keys without a mnemonic, for test networks: their keystores are the only copies there are. */
export async function makeRandomKeys(options: KeysNewOptions, context: CommandContext): Promise<Pubkey[]> {
  const count = countOf(options);
  const { kdf, out, passwordFile } = options;
  if (out === undefined) requirePlaceForKeys(context.settings['data-dir']);
  const password = passwordFile === undefined ? null : await readPasswordFile(passwordFile);
  if (out !== undefined) return makeInFolder(out, count, kdf, password);
  return withKeysCached(context, (keyManager) =>
    make(count, kdf, password, (keystore, used) =>
      keyManager.importKey(keystore, used, actingUser('keys new')),
    ),
  );
}

async function makeInFolder(
  folder: string,
  count: number,
  kdf: KeysNewOptions['kdf'],
  password: string | null,
): Promise<Pubkey[]> {
  if (password === null)
    throw cliError('BAD_ARGUMENT', '--out needs --password-file: a random password would be lost');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return make(count, kdf, password, (keystore, _used, pubkey) =>
    writePrivateFile(join(folder, `keystore-${pubkey}.json`), `${JSON.stringify(keystore, null, 2)}\n`),
  );
}

/** Each is kept as soon as it is made. */
function make(
  count: number,
  kdf: KeysNewOptions['kdf'],
  password: string | null,
  keep: (keystore: Keystore, password: string, pubkey: Pubkey) => Promise<unknown>,
): Promise<Pubkey[]> {
  return makeEach(Array.from({ length: count }), async () => {
    const secretKey = generateSecretKey();
    const secret = secretKey.toBytes();
    const used = password ?? randomBytes(32).toString('hex');
    const keystore = await encryptKeystore(secret, used, { kdf }).finally(() => secret.fill(0));
    const pubkey = pubkeyOf(secretKey);
    await keep(keystore, used, pubkey);
    return pubkey;
  });
}
