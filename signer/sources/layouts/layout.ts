import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parsePubkey, type Pubkey } from '../../../core/units.ts';
import { keyError } from '../../key-errors.ts';
import { decodePassword } from '../../keystore/password.ts';
import {
  fileError,
  readBoundedFile,
  readBoundedFileSync,
  MAX_KEY_FILE_BYTES,
} from '../../keystore/read-bounded-file.ts';
import type { LockedKeystore } from '../../keystore/open-stored.ts';

/** A keystore as another tool keeps it. */
export interface LaidOut {
  readonly keystorePath: string;
  /** The file of its password, or the password itself where the tool writes it into its configuration. */
  readonly password: { readonly path: string } | { readonly text: string };
  /** Where the layout tells; otherwise the keystore has to. */
  readonly pubkey: Pubkey | null;
}

/** @param has keys that need not be in the list, where the layout tells which they are */
export type ListKeystores = (has?: (pubkey: Pubkey) => boolean) => Promise<LaidOut[]>;

interface PubkeyFolder {
  readonly pubkey: Pubkey;
  readonly path: string;
}

/** Folders named by a public key, as Lighthouse, Lodestar and Nimbus have them. */
export async function pubkeyFolders(folder: string): Promise<PubkeyFolder[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  return entries
    .filter((entry) => entry.isDirectory() && /^0x[0-9a-f]{96}$/i.test(entry.name))
    .map(({ name }) => ({ pubkey: parsePubkey(name.toLowerCase(), 'name'), path: join(folder, name) }))
    .sort((one, other) => (one.pubkey < other.pubkey ? -1 : 1));
}

/** Where the password of a key's folder is: a file named as the folder is, else as the tools spell a public key. */
export function besides(keyFolder: string, secrets: string): string {
  const named = join(secrets, basename(keyFolder));
  return existsSync(named) ? named : join(secrets, basename(keyFolder).toLowerCase());
}

/** @throws KEYSTORES_NOT_FOUND when there is none: the path is most likely that of a folder above or below */
export function keysFound(folder: string, folders: PubkeyFolder[]): PubkeyFolder[] {
  if (folders.length > 0) return folders;
  throw keyError('KEYSTORES_NOT_FOUND', `${folder} has no folder that is named by a public key`);
}

export async function readLaidOut({ keystorePath, password }: LaidOut): Promise<LockedKeystore> {
  const keystore = await readBoundedFile(keystorePath);
  if ('text' in password) return { keystore, password: password.text };
  return { keystore, password: decoded(await readBoundedFile(password.path), password.path) };
}

export function readLaidOutNow({ keystorePath, password }: LaidOut): LockedKeystore {
  const read = (path: string): Uint8Array => readBoundedFileSync(path, MAX_KEY_FILE_BYTES, () => undefined);
  const keystore = read(keystorePath);
  if ('text' in password) return { keystore, password: password.text };
  return { keystore, password: decoded(read(password.path), password.path) };
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return decodePassword(bytes, path);
  } finally {
    bytes.fill(0);
  }
}
