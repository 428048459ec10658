import { dirname, join } from 'node:path';
import { pubkeyFolders, type LaidOut } from './layout.ts';

/** `keystores/0x…/voting-keystore.json` with `secrets/0x…` beside, as Lodestar keeps its imported keys. */
export const lodestar = (folder: string, secrets = join(dirname(folder), 'secrets')): Promise<LaidOut[]> =>
  byPubkey(folder, 'voting-keystore.json', secrets);

/** `validators/0x…/keystore.json` with `secrets/0x…` beside, as Nimbus does. */
export const nimbus = (folder: string, secrets = join(dirname(folder), 'secrets')): Promise<LaidOut[]> =>
  byPubkey(folder, 'keystore.json', secrets);

async function byPubkey(folder: string, name: string, secrets: string): Promise<LaidOut[]> {
  return (await pubkeyFolders(folder)).map(({ pubkey, path }) => ({
    pubkey,
    keystorePath: join(path, name),
    password: { path: join(secrets, pubkey) },
  }));
}
