import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isVigilError } from '../core/errors.ts';
import { readPrivateFile, writePrivateFile } from './keystore/private-file.ts';

const TOKEN_FILE = 'api-token.txt';

/** The token of the keymanager API, made at the first start: 32 random bytes as hex, in a file only its owner reads. */
export async function loadOrCreateToken(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, TOKEN_FILE);
  try {
    return Buffer.from(await readPrivateFile(path))
      .toString('utf8')
      .trim();
  } catch (error) {
    if (!isVigilError(error, 'KEY_FILE_MISSING')) throw error;
    const token = randomBytes(32).toString('hex');
    await writePrivateFile(path, `${token}\n`);
    return token;
  }
}
