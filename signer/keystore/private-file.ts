import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exposedMode } from '../../core/private-mode.ts';
import { keyError } from '../key-errors.ts';
import { MAX_KEY_FILE_BYTES, readBoundedFile, readBoundedFileSync } from './read-bounded-file.ts';

/** On Windows a folder cannot be opened to be synced. */
const POSIX = process.platform !== 'win32';

/**
 * Writes a file that only its owner may read: durable and in one step, so that after a crash there is the old
 * file or the new one, complete. The folder must exist.
 * @throws KEY_FILE_UNWRITABLE, KEY_FILE_TOO_LARGE for what {@link readPrivateFile} would not read again
 */
export async function writePrivateFile(
  path: string,
  data: Uint8Array | string,
  maxBytes: number = MAX_KEY_FILE_BYTES,
): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  if (bytes.length > maxBytes) {
    throw keyError('KEY_FILE_TOO_LARGE', `${path} would be larger than ${maxBytes} bytes`);
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    await writeNew(temporary, bytes);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw keyError('KEY_FILE_UNWRITABLE', `${path} cannot be written`, error);
  } finally {
    if (typeof data === 'string') bytes.fill(0);
  }
}

/** True for the name of a file that {@link writePrivateFile} left behind when the process died. */
export const isTemporaryName = (name: string): boolean => /^\..+\.[0-9a-f]{16}\.tmp$/.test(name);

/**
 * Reads a file that only its owner may touch.
 * @throws KEY_FILE_EXPOSED when group or others have any permission on it, KEY_FILE_MISSING,
 *   KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE
 */
export function readPrivateFile(path: string, maxBytes: number = MAX_KEY_FILE_BYTES): Promise<Uint8Array> {
  return readBoundedFile(path, maxBytes, (stats) => assertPrivate(path, stats));
}

function assertPrivate(path: string, { mode }: Stats): void {
  const exposed = exposedMode(path, mode);
  if (exposed === null) return;
  throw keyError('KEY_FILE_EXPOSED', `${path} has mode ${exposed}, it must be 0600`);
}

/**
 * As {@link readPrivateFile}, at once: for many small files, where waiting in the pool takes ten times as long as reading.
 * @throws as that
 */
export function readPrivateFileSync(path: string): Uint8Array {
  return readBoundedFileSync(path, MAX_KEY_FILE_BYTES, (stats) => assertPrivate(path, stats));
}

/**
 * Makes a folder that only its owner may enter, and its missing parents, durably. An existing one stays as it is.
 * @throws KEY_FILE_UNWRITABLE
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    // Each new folder is an entry of its parent, and that entry is what has to reach the disk.
    const top = dirname(resolve(first));
    for (let parent = dirname(resolve(path)); ; parent = dirname(parent)) {
      await syncFolder(parent);
      if (parent === top || parent === dirname(parent)) return;
    }
  } catch (error) {
    throw keyError('KEY_FILE_UNWRITABLE', `${path} cannot be made`, error);
  }
}

/** Makes creations, renames and removals in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  if (!POSIX) return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
