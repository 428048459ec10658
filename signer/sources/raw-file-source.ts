import { decodePassword } from '../keystore/password.ts';
import { readPrivateFile } from '../keystore/private-file.ts';
import type { KeySource } from './key-source.ts';
import { parseRawKeys } from './raw-keys.ts';

/** A file of bare secret keys, mode 0600. @throws KEY_FILE_* when it is loaded */
export function rawFileSource(path: string): KeySource {
  return {
    name: `raw-hex ${path}`,
    async *load({ has }) {
      const bytes = await readPrivateFile(path);
      try {
        for (const key of parseRawKeys(decodePassword(bytes, path), path)) {
          if ('error' in key || !has(key.pubkey)) yield key;
        }
      } finally {
        bytes.fill(0);
      }
    },
  };
}
