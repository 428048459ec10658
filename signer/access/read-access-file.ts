import { isVigilError } from '../../core/errors.ts';
import { readBoundedFile } from '../keystore/read-bounded-file.ts';
import { accessError } from './access-errors.ts';
import type { AccessPolicy } from './access-policy.ts';
import { parseAccessPolicy } from './parse-access-policy.ts';

/** Room for the keys of 100,000 validators in one rule. */
const MAX_ACCESS_FILE_BYTES = 16 * 1024 * 1024;

/** Windows has no permission bits. */
const POSIX = process.platform !== 'win32';

/**
 * The policy of an access file. Others may read it, since a digest is no token, but nobody else may write it.
 * @throws ACCESS_FILE_INVALID, ACCESS_FILE_WRITABLE
 */
export async function readAccessFile(path: string): Promise<AccessPolicy> {
  const bytes = await readBoundedFile(path, MAX_ACCESS_FILE_BYTES, ({ mode, uid }) => {
    if (!POSIX) return;
    if ((mode & 0o022) !== 0) {
      const bits = (mode & 0o777).toString(8).padStart(4, '0');
      throw accessError(
        'ACCESS_FILE_WRITABLE',
        `${path} has mode ${bits}: others than its owner may write it`,
      );
    }
    const self = process.getuid?.() ?? uid;
    if (uid !== self && uid !== 0) {
      throw accessError('ACCESS_FILE_WRITABLE', `${path} belongs to user ${uid}, who may change it`);
    }
  }).catch((error: unknown) => {
    if (!isVigilError(error) || error.code === 'ACCESS_FILE_WRITABLE') throw error;
    throw accessError('ACCESS_FILE_INVALID', error.message, error);
  });
  return parseAccessPolicy(decoded(bytes, path), path);
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw accessError('ACCESS_FILE_INVALID', `${path} is not UTF-8`, error);
  }
}
