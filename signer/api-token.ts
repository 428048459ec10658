import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isVigilError } from '../core/errors.ts';
import { daemonError } from './daemon-errors.ts';
import { readPrivateFile, writePrivateFile } from './keystore/private-file.ts';

const TOKEN_FILE = 'api-token.txt';

/** 128 bits as hex; ours has 256. */
const MIN_TOKEN_LENGTH = 32;

/** The token of the keymanager API, made at the first start: 32 random bytes as hex, in a file only its owner reads. */
export async function loadOrCreateToken(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, TOKEN_FILE);
  try {
    const text = Buffer.from(await readPrivateFile(path)).toString('utf8');
    return longEnough(text.trim(), path);
  } catch (error) {
    if (!isVigilError(error, 'KEY_FILE_MISSING')) throw error;
    const token = randomBytes(32).toString('hex');
    await writePrivateFile(path, `${token}\n`);
    return token;
  }
}

/** An empty token would be matched by a request that sends none. @throws API_TOKEN_WEAK */
function longEnough(token: string, path: string): string {
  if (token.length >= MIN_TOKEN_LENGTH) return token;
  throw daemonError('API_TOKEN_WEAK', `${path} holds a token of ${token.length} characters`);
}
