import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isVigilError, type VigilError } from '../../core/errors.ts';
import { keyError } from '../key-errors.ts';

/** Far above any keystore or password, far below what hurts. */
export const MAX_KEY_FILE_BYTES = 1024 * 1024;

/**
 * A whole regular file of at most `maxBytes`. The checks look at the opened file, not at its path, so that nobody
 * can exchange it in between.
 * @param check throws to refuse the file before any of it is read
 * @throws KEY_FILE_MISSING, KEY_FILE_UNREADABLE, KEY_FILE_TOO_LARGE, or what `check` throws
 */
export async function readBoundedFile(
  path: string,
  maxBytes: number = MAX_KEY_FILE_BYTES,
  check: (stats: Stats) => void = () => undefined,
): Promise<Uint8Array> {
  const file = await openToRead(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw keyError('KEY_FILE_UNREADABLE', `${path} is not a regular file`);
    check(stats);
    const bytes = await readUpTo(file, path, stats.size, maxBytes);
    if (bytes === null) throw keyError('KEY_FILE_TOO_LARGE', `${path} is larger than ${maxBytes} bytes`);
    return bytes;
  } finally {
    await file.close();
  }
}

/** As {@link readBoundedFile}, at once. @throws as that */
export function readBoundedFileSync(
  path: string,
  maxBytes: number,
  check: (stats: Stats) => void,
): Uint8Array {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw keyError('KEY_FILE_UNREADABLE', `${path} is not a regular file`);
    check(stats);
    if (stats.size > maxBytes)
      throw keyError('KEY_FILE_TOO_LARGE', `${path} is larger than ${maxBytes} bytes`);
    // Out of Node's pool: memory of its own for each of thousands of small files keeps the collector busy.
    const buffer = Buffer.allocUnsafe(stats.size + 1);
    let length = 0;
    // A read that came out at the size, with room for more, was the last: none has to say so once more.
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      if (read > 0 && length === stats.size) break;
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length === buffer.length) throw keyError('KEY_FILE_UNREADABLE', `${path} grew while it was read`);
    return buffer.subarray(0, length);
  } catch (error) {
    throw isVigilError(error) ? error : fileError(path, error);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The error for a path that the file system would not give us. Its cause holds the path and no content. */
export function fileError(path: string, error: unknown): VigilError {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return keyError('KEY_FILE_MISSING', `${path} does not exist`, error);
  }
  return keyError('KEY_FILE_UNREADABLE', `${path} cannot be read`, error);
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    // Non-blocking, or a named pipe would hold a thread of the pool until somebody writes to it.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Null when there is more than `maxBytes`. One byte of room is left over, so a file that grows meanwhile shows. */
async function readUpTo(
  file: FileHandle,
  path: string,
  size: number,
  maxBytes: number,
): Promise<Uint8Array | null> {
  if (size > maxBytes) return null;
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await read(file, path, buffer, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  throw keyError('KEY_FILE_UNREADABLE', `${path} grew while it was read`);
}

async function read(file: FileHandle, path: string, buffer: Buffer, at: number) {
  try {
    return await file.read(buffer, at, buffer.length - at);
  } catch (error) {
    throw fileError(path, error);
  }
}
