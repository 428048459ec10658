import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../core/config/settings.ts';
import { parseWatchWord } from './parse-watch-word.ts';
import { parseWatchFile } from './read-watch-file.ts';
import { watchedError } from './watched-errors.ts';
import type { WatchListOptions } from './watch-list.ts';

/** In the data directory, unless a setting names another. */
export const WATCH_FILE = 'monitor.yaml';

/** What the settings say of who is watched. */
export function watchListOptions(
  settings: Pick<Settings, 'watch' | 'watch-file' | 'data-dir'>,
): WatchListOptions {
  const { 'watch': words, 'watch-file': named, 'data-dir': dataDir } = settings;
  return { words, file: { path: named ?? join(dataDir, WATCH_FILE), required: named !== null } };
}

/** Whether anybody is named at all. */
export const watchesAnybody = ({ words, file }: WatchListOptions): boolean =>
  words.length > 0 || (file !== null && (file.required || existsSync(file.path)));

/** Reads what a monitor would read at its start, for its errors. @throws WATCH_WORD_INVALID, WATCH_FILE_INVALID */
export function checkWatchList(options: WatchListOptions): void {
  for (const word of options.words) parseWatchWord(word);
  const { file } = options;
  if (file === null || !watchesAnybody({ words: [], file })) return;
  let text: string;
  try {
    text = readFileSync(file.path, 'utf8');
  } catch (error) {
    throw watchedError(
      'WATCH_FILE_INVALID',
      `${file.path} cannot be read: ${(error as Error).message}`,
      error,
    );
  }
  parseWatchFile(text, file.path);
}
