import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Mnemonic } from './mnemonic.ts';

const derive = promisify(pbkdf2);

/**
 * The 64-byte seed of BIP-39. The caller overwrites it. The words themselves are JavaScript strings, which nothing can
 * overwrite: they stay in memory until the collector reuses their place or the process ends.
 * @param passphrase of BIP-39, the "25th word"; another one gives other keys without any complaint
 */
export async function seedOf({ words }: Mnemonic, passphrase = ''): Promise<Uint8Array> {
  const password = Buffer.from(words.join(' ').normalize('NFKD'), 'utf8');
  const salt = Buffer.from(`mnemonic${passphrase.normalize('NFKD')}`, 'utf8');
  try {
    return await derive(password, salt, 2048, 64, 'sha512');
  } finally {
    password.fill(0);
    salt.fill(0);
  }
}
