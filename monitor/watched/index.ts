/** Who is watched. */
export { parseWatchFile } from './read-watch-file.ts';
export { parseWatchWord } from './parse-watch-word.ts';
export {
  WatchList,
  type WatchListChange,
  type WatchListModules,
  type WatchListOptions,
} from './watch-list.ts';
export { checkWatchList, WATCH_FILE, watchesAnybody, watchListOptions } from './watch-settings.ts';
export { WATCHED_ERRORS, watchedError } from './watched-errors.ts';
