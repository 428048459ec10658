import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pubkeyFromBytes } from '../../../core/units.ts';
import { keyError } from '../../key-errors.ts';
import { pubkeyOf, secretKeyFromBytes } from '../../keystore/bls-keys.ts';
import { openSealed } from '../../keystore/cipher.ts';
import { parseSealed } from '../../keystore/keystore-schema.ts';
import { decodePassword } from '../../keystore/password.ts';
import { readBoundedFile } from '../../keystore/read-bounded-file.ts';
import { inTurns } from '../in-turns.ts';
import type { KeySource, SourceKey } from '../key-source.ts';
import { RememberedFiles } from '../remembered-files.ts';
import { sourceError } from '../source-errors.ts';

/** 100,000 keys in base64 and hex. */
const MAX_WALLET_BYTES = 64 * 1024 * 1024;

const accounts = z.object({ private_keys: z.array(z.base64()), public_keys: z.array(z.base64()) });

/**
 * The wallet of Prysm: one keystore, `direct/accounts/all-accounts.keystore.json`, or `derived/…`, whose secret is a JSON
 * list of all keys under the wallet's password.
 * Source: Prysm, validator/keymanager/local/keymanager.go (AccountsKeystoreRepresentation, accountStore)
 */
export function prysmWallet(path: string, passwordFile: string): KeySource {
  const remembered = new RememberedFiles();
  return {
    name: `prysm ${path}`,
    async *load(options) {
      const file = isFolder(path) ? accountsIn(path) : path;
      yield* remembered.load([file, passwordFile], options, () => keysIn(file, passwordFile));
    },
  };
}

async function* keysIn(file: string, passwordFile: string): AsyncGenerator<SourceKey, void, undefined> {
  const sealed = parseSealed(await readBoundedFile(file, MAX_WALLET_BYTES), file);
  // Prysm takes line ends off, which count nowhere; spaces belong to the password.
  const password = decodePassword(await readBoundedFile(passwordFile), passwordFile);
  const lists = listsOf(await openSealed(sealed, password), file);
  for await (const [index, text] of inTurns(lists.private_keys.entries())) {
    yield keyOf(text, lists.public_keys[index] ?? '', `${file}#${index + 1}`);
  }
}

/** Of imported keys, else of keys that Prysm derived itself. */
function accountsIn(wallet: string): string {
  const [direct = '', derived = ''] = ['direct', 'derived'].map((kind) =>
    join(wallet, kind, 'accounts', 'all-accounts.keystore.json'),
  );
  return !existsSync(direct) && existsSync(derived) ? derived : direct;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function listsOf(secret: Uint8Array, file: string): z.infer<typeof accounts> {
  try {
    return accounts.parse(JSON.parse(Buffer.from(secret).toString('utf8')));
  } catch {
    // The cause would quote what was decrypted.
    throw sourceError('KEY_SOURCE_ANSWER', `${file} opens, but is not a list of keys as Prysm writes it`);
  } finally {
    secret.fill(0);
  }
}

function keyOf(text: string, pubkeyText: string, label: string): SourceKey {
  const secret = Buffer.from(text, 'base64');
  try {
    const secretKey = secretKeyFromBytes(secret);
    const pubkey = pubkeyOf(secretKey);
    const named = Buffer.from(pubkeyText, 'base64');
    if (named.length === 48 && pubkeyFromBytes(named) === pubkey) return { label, pubkey, secretKey };
    return {
      label,
      error: keyError('KEYSTORE_PUBKEY_MISMATCH', `${label} does not belong to its public key`),
    };
  } catch (error) {
    return { label, error: keyError('KEYSTORE_BAD_SECRET', `${label} holds no secret key`, error) };
  } finally {
    secret.fill(0);
  }
}
