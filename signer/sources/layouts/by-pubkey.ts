import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inTurns } from '../in-turns.ts';
import { besides, keysFound, pubkeyFolders, type LaidOut, type ListKeystores } from './layout.ts';

/** `keystores/0x…/voting-keystore.json` with `secrets/0x…` beside, as Lodestar keeps its imported keys. */
export const lodestar = (folder: string, secrets = join(dirname(folder), 'secrets')): ListKeystores =>
  byPubkey(folder, 'voting-keystore.json', secrets);

/**
 * `validators/0x…/keystore.json` with `secrets/0x…` beside, as Nimbus does. A folder with `remote_keystore.json` instead
 * is for a key that a remote signer has, most likely this one.
 * Source: Nimbus, beacon_chain/validators/keystore_management.nim
 */
export const nimbus = (folder: string, secrets = join(dirname(folder), 'secrets')): ListKeystores =>
  byPubkey(
    folder,
    'keystore.json',
    secrets,
    (path) => !existsSync(join(path, 'keystore.json')) && existsSync(join(path, 'remote_keystore.json')),
  );

/** @param isOther whether a folder is of a key that is not here to be read */
function byPubkey(
  folder: string,
  name: string,
  secrets: string,
  isOther: (path: string) => boolean = () => false,
): ListKeystores {
  return async (has = () => false) => {
    const laidOut: LaidOut[] = [];
    for await (const { pubkey, path } of inTurns(keysFound(folder, await pubkeyFolders(folder)))) {
      if (isOther(path) || has(pubkey)) continue;
      laidOut.push({ pubkey, keystorePath: join(path, name), password: { path: besides(path, secrets) } });
    }
    return laidOut;
  };
}
