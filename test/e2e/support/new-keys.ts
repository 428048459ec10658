import { vigilOk } from './vigil-process.ts';

/**
 * Makes keys for a signer that a test will start: in its data directory, quick to open, and left out of the key cache,
 * which takes a scrypt.
 * @param flags of the network
 * @returns their public keys, sorted
 */
export async function newKeys(dataDir: string, flags: readonly string[], count = 1): Promise<string[]> {
  const made = await vigilOk([
    ...['keys', 'new', '--random', '--count', `${count}`, '--kdf', 'pbkdf2', '--key-cache', 'off'],
    ...['--json', '--data-dir', dataDir, ...flags],
  ]);
  return (JSON.parse(made) as { pubkeys: string[] }).pubkeys.sort();
}
