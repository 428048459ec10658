import { readFile } from 'node:fs/promises';
import { NotAnId, parseId } from '../parse-ids.ts';
import { watchedError } from '../watched-errors.ts';
import type { ValidatorId } from '../watch-entry.ts';

/**
 * A text file of one pubkey or index a line; empty lines and what follows # are passed over.
 * @throws WATCH_SOURCE_FAILED naming file and line
 */
export async function readIdFile(path: string): Promise<ValidatorId[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw watchedError('WATCH_SOURCE_FAILED', `${path} cannot be read: ${(error as Error).message}`, error);
  }
  return text.split('\n').flatMap((line, at) => {
    const word = line.replace(/#.*/, '').trim();
    if (word === '') return [];
    try {
      return [parseId(word)];
    } catch (error) {
      if (!(error instanceof NotAnId)) throw error;
      throw watchedError('WATCH_SOURCE_FAILED', `${path} line ${at + 1}: ${error.message}`, error);
    }
  });
}
