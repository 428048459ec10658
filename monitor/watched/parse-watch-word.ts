import { resolve } from 'node:path';
import { NotAnId, parseAddress, parseId, parseIndices, parseSigner } from './parse-ids.ts';
import { watchedError } from './watched-errors.ts';
import type { WatchEntry, WatchSource } from './watch-entry.ts';

/** What one `--watch` names. @throws WATCH_WORD_INVALID */
export function parseWatchWord(word: string): WatchEntry {
  try {
    return { source: sourceOf(word), group: null, labels: [], where: `--watch ${word.slice(0, 60)}` };
  } catch (error) {
    if (!(error instanceof NotAnId)) throw error;
    throw watchedError('WATCH_WORD_INVALID', `--watch ${word.slice(0, 120)}: ${error.message}`, error);
  }
}

function sourceOf(word: string): WatchSource {
  const [, prefix, rest = ''] = /^(file|keystores|signer):(.+)$/.exec(word) ?? [];
  if (prefix === 'file' || prefix === 'keystores') return { kind: prefix, path: resolve(rest) };
  if (prefix === 'signer') return parseSigner(rest, '.');
  if (/^0x[0-9a-fA-F]{40}$/.test(word)) return { kind: 'withdrawal-address', address: parseAddress(word) };
  return { kind: 'ids', ids: /^[0-9]+-[0-9]+$/.test(word) ? parseIndices(word) : [parseId(word)] };
}
