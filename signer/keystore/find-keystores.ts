import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import { keyError } from '../key-errors.ts';
import { looksLikeKeystore, parseKeystoreJson } from './keystore-schema.ts';
import { fileError, readBoundedFile } from './read-bounded-file.ts';

/** What the deposit tools call a keystore: such a file is never passed over in silence. */
const KEYSTORE_FILE_NAME = /^keystore.*\.json$/i;

/**
 * What is done about a file that may be a keystore and cannot be judged: nothing is looked at before it is mended, or it
 * is in the list, for whoever opens it to complain of it alone.
 */
type Unreadable = 'refuse' | 'list';

/**
 * The keystore files behind the paths that an operator gave, sorted and each once. A file is taken at its word; a
 * folder is searched with all its sub-folders for *.json files that are EIP-2335 keystores. Other JSON beside them,
 * such as deposit_data, is passed over. Hidden files and links to folders are not followed.
 * @throws KEY_FILE_MISSING, KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE, KEYSTORES_NOT_FOUND, each naming the path
 */
export async function findKeystoreFiles(
  paths: readonly string[],
  { unreadable = 'refuse' }: { readonly unreadable?: Unreadable } = {},
): Promise<string[]> {
  const found = new Map<string, string>();
  for (const path of paths) {
    for (const file of await keystoresAt(path, unreadable)) found.set(resolve(file), file);
  }
  if (found.size === 0) throw keyError('KEYSTORES_NOT_FOUND');
  return [...found.values()].sort();
}

async function keystoresAt(path: string, unreadable: Unreadable): Promise<string[]> {
  if (!(await isFolder(path))) {
    await readBoundedFile(path);
    return [path];
  }
  const files = await keystoresIn(path, unreadable);
  if (files.length === 0) throw keyError('KEYSTORES_NOT_FOUND', `there is no keystore in ${path}`);
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError(path, error);
  }
}

async function keystoresIn(folder: string, unreadable: Unreadable): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await keystoresIn(path, unreadable)));
    else if (/\.json$/i.test(entry.name) && (await isKeystoreFile(path, entry.name, unreadable)))
      files.push(path);
  }
  return files;
}

/** A file that cannot be judged counts by its name: a truncated keystore must be reported, not overlooked. */
async function isKeystoreFile(path: string, name: string, unreadable: Unreadable): Promise<boolean> {
  const named = KEYSTORE_FILE_NAME.test(name);
  try {
    return looksLikeKeystore(parseKeystoreJson(await readBoundedFile(path), path)) || named;
  } catch (error) {
    if (isVigilError(error, 'KEYSTORE_INVALID')) return named || unreadable === 'list';
    if (isVigilError(error, 'KEY_FILE_TOO_LARGE') && !named) return false;
    if (isVigilError(error) && unreadable === 'list') return true;
    throw error;
  }
}
