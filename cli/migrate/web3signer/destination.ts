import { existsSync } from 'node:fs';
import type { Pubkey } from '../../../core/units.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { actingUser } from '../../acting-user.ts';
import type { KeyManager } from '../../../signer/keys/key-manager.ts';
import type { OpenedKeystore } from '../../../signer/keys/open-keystore.ts';
import { KeyDirectory } from '../../../signer/keystore/key-directory.ts';
import { readDatabaseStatus, type Guard } from '../../../slashing-db/index.ts';

/** Where the keys go: a data directory, or the same looked at and left as it is. */
export interface Destination {
  /** Whether a key was deleted from this signer: then a whole folder of keys is not the word to bring it back. */
  isDeleted(pubkey: Pubkey): boolean;
  /** Whether it is here already, so that opening it again would change nothing. */
  isHere(pubkey: Pubkey): Promise<boolean>;
  /** Durable before the first key comes in; once, however often it is asked for. @throws INTERCHANGE_* */
  mergeHistory(): Promise<void>;
  bringIn(key: OpenedKeystore): Promise<'imported' | 'would-import' | 'already-here'>;
}

export const realDestination = (
  keyManager: KeyManager,
  guard: Guard,
  mergeHistory: () => Promise<void>,
): Destination => ({
  isHere: (pubkey) => keyManager.isImported(pubkey),
  mergeHistory,
  isDeleted: (pubkey) => guard.statusOf(pubkey).state === 'deleted',
  bringIn: async (key) =>
    (await keyManager.activate(key, actingUser('migrate web3signer'))) === 'imported'
      ? 'imported'
      : 'already-here',
});

/** What `--dry-run` asks. Reads beside a running signer. */
export async function dryDestination(dataDir: string): Promise<Destination> {
  const stored = new Set(await new KeyDirectory(dataDir).list());
  const path = databasePath(dataDir);
  const known = existsSync(path) ? readDatabaseStatus(path).keys : [];
  const deleted = new Set(known.filter(({ state }) => state === 'deleted').map(({ pubkey }) => pubkey));
  return {
    isDeleted: (pubkey) => deleted.has(pubkey),
    isHere: (pubkey) => Promise.resolve(stored.has(pubkey)),
    mergeHistory: () => Promise.resolve(),
    bringIn: ({ pubkey }) => Promise.resolve(stored.has(pubkey) ? 'already-here' : 'would-import'),
  };
}
