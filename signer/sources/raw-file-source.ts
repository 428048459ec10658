import { decodePassword } from '../keystore/password.ts';
import { readPrivateFile } from '../keystore/private-file.ts';
import type { KeySource, SourceKey } from './key-source.ts';
import { parseRawKeys } from './raw-keys.ts';
import { RememberedFiles } from './remembered-files.ts';

/** As a wallet: 10,000 keys with a comment line each have 2 MiB. */
const MAX_RAW_FILE_BYTES = 64 * 1024 * 1024;

/** A file of bare secret keys, mode 0600. @throws KEY_FILE_* when it is loaded */
export function rawFileSource(path: string): KeySource {
  const remembered = new RememberedFiles();
  return {
    name: `raw-hex ${path}`,
    load: (options) => remembered.load([path], options, () => keysIn(path)),
  };
}

async function* keysIn(path: string): AsyncGenerator<SourceKey, void, undefined> {
  yield* parseRawKeys(await textOf(path), path);
}

async function textOf(path: string): Promise<string> {
  const bytes = await readPrivateFile(path, MAX_RAW_FILE_BYTES);
  try {
    return decodePassword(bytes, path);
  } finally {
    bytes.fill(0);
  }
}
