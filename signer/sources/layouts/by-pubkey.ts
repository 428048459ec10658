import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { besides, keysFound, pubkeyFolders, type LaidOut } from './layout.ts';

/** `keystores/0x…/voting-keystore.json` with `secrets/0x…` beside, as Lodestar keeps its imported keys. */
export const lodestar = (folder: string, secrets = join(dirname(folder), 'secrets')): Promise<LaidOut[]> =>
  byPubkey(folder, 'voting-keystore.json', secrets);

/**
 * `validators/0x…/keystore.json` with `secrets/0x…` beside, as Nimbus does. A folder with `remote_keystore.json` instead
 * is for a key that a remote signer has, most likely this one.
 * Source: Nimbus, beacon_chain/validators/keystore_management.nim
 */
export async function nimbus(folder: string, secrets = join(dirname(folder), 'secrets')): Promise<LaidOut[]> {
  const all = await byPubkey(folder, 'keystore.json', secrets);
  const isRemote = ({ keystorePath }: LaidOut): boolean =>
    !existsSync(keystorePath) && existsSync(join(dirname(keystorePath), 'remote_keystore.json'));
  return all.filter((one) => !isRemote(one));
}

async function byPubkey(folder: string, name: string, secrets: string): Promise<LaidOut[]> {
  const found = await pubkeyFolders(folder);
  return keysFound(
    folder,
    found.map(({ pubkey, path }) => ({
      pubkey,
      keystorePath: join(path, name),
      password: { path: besides(path, secrets) },
    })),
  );
}
