import { readdir, rm } from 'node:fs/promises';
import { keyError } from '../key-errors.ts';
import { syncFolder } from './private-file.ts';

export const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What is in a folder; nothing in one that is not there. @throws KEY_FILE_UNREADABLE */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw keyError('KEY_FILE_UNREADABLE', `${folder} cannot be read`, error);
  }
}

/** Removes a file for good; one that is not there is no error. @throws KEY_FILE_UNWRITABLE */
export async function removeDurably(folder: string, path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await syncFolder(folder);
  } catch (error) {
    if (isAbsence(error)) return;
    throw keyError('KEY_FILE_UNWRITABLE', `${path} cannot be removed`, error);
  }
}
