import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { isVigilError } from '../../../core/errors.ts';
import { looksLikeKeystore, parseKeystoreJson } from '../../../signer/keystore/keystore-schema.ts';
import { fileError, readBoundedFile } from '../../../signer/keystore/read-bounded-file.ts';
import { NO_KEYS, type FoundKeys, type KeySource, type PassedOver } from './key-source.ts';

export interface BulkPaths {
  readonly keystores: string | null;
  /** A folder with `NAME.txt` for each `NAME.json`. */
  readonly passwords: string | null;
  /** One password for all. */
  readonly passwordFile: string | null;
}

/**
 * The keystores of a bulk directory: every *.json in it and in no sub-folder, because those keys are all that
 * Web3Signer signs with; one that lies deeper may well be signing elsewhere.
 */
export async function readBulkDirectory({
  keystores,
  passwords,
  passwordFile,
}: BulkPaths): Promise<FoundKeys> {
  if (keystores === null) return NO_KEYS;
  if ((passwords === null) === (passwordFile === null)) {
    const message = 'it needs keystores-passwords-path or keystores-password-file, and not both';
    return { keys: [], passedOver: [{ label: keystores, status: 'failed', message }] };
  }
  const passwordOf = (file: string): string =>
    passwordFile ?? join(passwords ?? '', `${parse(file).name}.txt`);
  const keys: KeySource[] = [];
  const passedOver: PassedOver[] = [];
  try {
    for (const file of await jsonFilesIn(keystores)) {
      if (await isSomethingElse(file)) {
        passedOver.push({ label: file, status: 'skipped', message: 'it is not an EIP-2335 keystore' });
        continue;
      }
      const passwordFile = passwordOf(file);
      keys.push({ kind: 'keystore', label: file, keystoreFile: file, passwordFile, password: 'whole-file' });
    }
  } catch (error) {
    if (!isVigilError(error)) throw error;
    passedOver.push({ label: keystores, status: 'failed', message: `${error.code}: ${error.message}` });
  }
  return { keys, passedOver };
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error);
  });
  return entries
    .filter((entry) => !entry.isDirectory() && /\.json$/i.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();
}

/**
 * Whole JSON that is plainly no keystore and is not named as one, such as the deposit data beside them. A damaged file
 * is not that: it stays in the list, and fails when it is opened.
 */
async function isSomethingElse(file: string): Promise<boolean> {
  if (/^keystore/i.test(parse(file).name)) return false;
  try {
    return !looksLikeKeystore(parseKeystoreJson(await readBoundedFile(file), file));
  } catch (error) {
    if (isVigilError(error)) return false;
    throw error;
  }
}
