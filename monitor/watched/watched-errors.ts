import { errorFactory } from '../../core/errors.ts';

/** Errors of who is watched. */
export const WATCHED_ERRORS = {
  WATCH_FILE_INVALID: {
    summary: 'the list of watched validators cannot be used',
    hint: 'Mend the line that the message names; docs/watching.md explains the file. A running monitor goes on with the list it has.',
    exit: 2,
  },
  WATCH_NOBODY: {
    summary: 'nobody is named to be watched',
    hint: 'Give --watch WHO, or --watch-file FILE, or write monitor.yaml in the data directory.',
    exit: 2,
  },
  WATCH_WORD_INVALID: {
    summary: '--watch does not name a validator',
    hint: 'Give a pubkey (0x and 96 hex digits), an index, a range of indices (100-199), a withdrawal address (0x and 40 hex digits), file:PATH, keystores:DIR or signer:URL.',
    exit: 2,
  },
  WATCH_SOURCE_MISSING: {
    summary: 'a file or folder of watched validators cannot be read at the start',
    hint: 'Check the path, and that the user whom the monitor runs as may read it. Once it runs, it goes on with what it read before.',
    exit: 2,
  },
  WATCH_SOURCE_FAILED: {
    summary: 'a source of watched validators cannot be read',
    hint: 'What it gave before, if anything, is still watched. Mend what the message names; a running monitor reads it again every epoch.',
  },
} as const;

export const watchedError = errorFactory(WATCHED_ERRORS);
