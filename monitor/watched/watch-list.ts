import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BeaconNodes } from '../../beacon/index.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { Turns } from '../../core/turns.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import { ChainLookup } from './chain-lookup.ts';
import { mergeWatched } from './merge-watched.ts';
import { parseWatchWord } from './parse-watch-word.ts';
import { parseWatchFile } from './read-watch-file.ts';
import { RegistryScan } from './registry-scan.ts';
import { readIdFile } from './sources/id-file.ts';
import { KeystoreFolders } from './sources/keystore-folder.ts';
import { readSignerKeys } from './sources/signer-keys.ts';
import { watchedError } from './watched-errors.ts';
import type { ValidatorId, WatchEntry, WatchSource } from './watch-entry.ts';

export interface WatchListOptions {
  /** `--watch`, once each. */
  readonly words: readonly string[];
  readonly file: { readonly path: string; readonly required: boolean } | null;
}

export interface WatchListModules {
  readonly ask: BeaconNodes['ask'];
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly nowMs?: () => number;
}

export interface WatchListChange {
  readonly added: readonly WatchedValidator[];
  readonly removed: readonly WatchedValidator[];
  /** Of another group or with other labels than before. */
  readonly changed: readonly WatchedValidator[];
}

/**
 * Who is watched. {@link resolve} is to be called at the start, every epoch and on SIGHUP: it reads the file again if
 * its content is another, asks every source who is in it now, and looks for keys that were not on chain yet. Files are
 * compared by content, because notifications get lost on network disks and when files are replaced by renaming.
 */
export class WatchList {
  readonly #options: WatchListOptions;
  readonly #modules: WatchListModules;
  readonly #turns = new Turns();
  readonly #words: readonly WatchEntry[];
  readonly #folders = new KeystoreFolders();
  readonly #chain: ChainLookup;
  readonly #scan: RegistryScan;
  readonly #listeners = new Set<(change: WatchListChange) => void>();
  /** By source: what it gave the last time that it could be read. */
  readonly #given = new Map<string, readonly ValidatorId[]>();
  #file: { readonly digest: string; readonly entries: readonly WatchEntry[] } | null = null;
  #resolved = false;
  #current: readonly WatchedValidator[] = [];
  #pending: readonly string[] = [];
  #problems: readonly string[] = [];
  #fileProblem: string | null = null;
  #clashes = '';

  /** @throws WATCH_WORD_INVALID */
  constructor(options: WatchListOptions, modules: WatchListModules) {
    const { ask, log, nowMs = Date.now } = modules;
    this.#options = options;
    this.#modules = modules;
    this.#words = options.words.map(parseWatchWord);
    this.#chain = new ChainLookup(ask);
    this.#scan = new RegistryScan(ask, nowMs, (scanned) => {
      if (scanned % 50_000 === 0)
        log.info({ scanned }, 'looking through the registry for withdrawal addresses');
    });
  }

  /** By index. Those that the chain knows. */
  current(): readonly WatchedValidator[] {
    return this.#current;
  }

  /** Pubkeys and indices that the chain does not know yet. */
  pending(): readonly string[] {
    return this.#pending;
  }

  /** What could not be read the last time, for health and metrics: the list is then what it was before, in that part. */
  problems(): readonly string[] {
    return this.#problems;
  }

  /** Why the file that is in force is an older one; null while it is that on the disk. */
  fileProblem(): string | null {
    return this.#fileProblem;
  }

  /** @returns stops it */
  onChange(listener: (change: WatchListChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @throws WATCH_FILE_INVALID, WATCH_SOURCE_MISSING the first time; later a bad file, like a source or node that fails,
   * leaves the list as it is
   */
  resolve(): Promise<void> {
    return this.#turns.take(async () => {
      const problems: string[] = [];
      const attempt = async (task: () => Promise<void>): Promise<void> => {
        await task().catch((error: unknown) => void problems.push(this.#problem(error as Error)));
      };
      if (this.#resolved) await attempt(() => this.#readFile());
      else await this.#readFile();
      this.#fileProblem = problems[0] ?? null;
      const entries = [...(this.#file?.entries ?? []), ...this.#words];
      for (const { source } of entries) {
        if (this.#resolved || !isLocal(source)) await attempt(() => this.#readSource(source));
        else await this.#readFirst(source);
      }
      this.#resolved = true;
      await attempt(() => this.#scan.refresh(new Set(entries.flatMap(({ source }) => addressOf(source)))));
      const ids = new Set(entries.flatMap(({ source }) => this.#idsIn(source)));
      await attempt(() => this.#chain.refresh(ids));
      this.#problems = problems;
      this.#publish(entries, ids);
    });
  }

  async #readFile(): Promise<void> {
    const { file } = this.#options;
    if (file === null) return;
    let text: string;
    try {
      text = await readFile(file.path, 'utf8');
    } catch (error) {
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (gone && !file.required && this.#file === null) return;
      throw watchedError(
        'WATCH_FILE_INVALID',
        `${file.path} cannot be read: ${(error as Error).message}`,
        error,
      );
    }
    const digest = createHash('sha256').update(text).digest('hex');
    if (digest === this.#file?.digest) return;
    const entries = parseWatchFile(text, file.path);
    if (this.#file !== null)
      this.#modules.log.info({ file: file.path, entries: entries.length }, 'the watch file is read again');
    this.#file = { digest, entries };
  }

  /** A signer may come up later; a path that is not there at the start is a mistake in it. */
  async #readFirst(source: WatchSource): Promise<void> {
    try {
      await this.#readSource(source);
    } catch (error) {
      throw watchedError('WATCH_SOURCE_MISSING', (error as Error).message, error);
    }
  }

  async #readSource(source: WatchSource): Promise<void> {
    switch (source.kind) {
      case 'file':
        this.#given.set(keyOf(source), await readIdFile(source.path));
        return;
      case 'keystores':
        this.#given.set(keyOf(source), await this.#folders.read(source.path));
        return;
      case 'signer':
        this.#given.set(keyOf(source), await readSignerKeys(source.url, source.tokenFile));
        return;
      case 'ids':
      case 'withdrawal-address':
        return;
    }
  }

  #idsIn(source: WatchSource): readonly ValidatorId[] {
    return source.kind === 'ids' ? source.ids : (this.#given.get(keyOf(source)) ?? []);
  }

  #publish(entries: readonly WatchEntry[], ids: ReadonlySet<ValidatorId>): void {
    const named = entries.map((entry) => ({
      entry,
      validators:
        entry.source.kind === 'withdrawal-address'
          ? this.#scan.of(entry.source.address)
          : this.#idsIn(entry.source).flatMap((id) => this.#chain.of(id) ?? []),
    }));
    const { watched, clashes } = mergeWatched(named);
    this.#warnOfClashes(clashes);
    this.#pending = [...ids].filter((id) => this.#chain.of(id) === null).map(String);
    const change = changeBetween(this.#current, watched);
    this.#current = watched;
    if (change.added.length + change.removed.length + change.changed.length === 0) return;
    const counts = {
      added: change.added.length,
      removed: change.removed.length,
      changed: change.changed.length,
    };
    this.#modules.log.info(
      { ...counts, watched: watched.length, pending: this.#pending.length },
      'watched validators',
    );
    for (const listener of this.#listeners) listener(change);
  }

  /** Once for each new set of them. */
  #warnOfClashes(clashes: readonly string[]): void {
    const text = clashes.join('; ');
    if (text !== '' && text !== this.#clashes) this.#modules.log.warn({ code: 'WATCH_GROUPS_CLASH' }, text);
    this.#clashes = text;
  }

  /** Logged when it is new: most of them last for more than one epoch. */
  #problem(error: Error): string {
    const { message } = error;
    if (!this.#problems.includes(message)) {
      const about = isVigilError(error) ? { code: error.code, hint: error.hint } : { err: error };
      this.#modules.log.warn(about, message);
    }
    return message;
  }
}

/** What an entry gave is remembered by what it names, so that it survives a change of the file around it. */
const keyOf = (source: WatchSource): string => JSON.stringify(source);

const isLocal = ({ kind }: WatchSource): boolean => kind === 'file' || kind === 'keystores';

const addressOf = (source: WatchSource): string[] =>
  source.kind === 'withdrawal-address' ? [source.address] : [];

function changeBetween(
  before: readonly WatchedValidator[],
  after: readonly WatchedValidator[],
): WatchListChange {
  const old = new Map(before.map((validator) => [validator.index, validator]));
  const kept = new Set(after.map(({ index }) => index));
  return {
    added: after.filter(({ index }) => !old.has(index)),
    removed: before.filter(({ index }) => !kept.has(index)),
    changed: after.filter((validator) => {
      const was = old.get(validator.index);
      return (
        was !== undefined && (was.group !== validator.group || !sameLabels(was.labels, validator.labels))
      );
    }),
  };
}

const sameLabels = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((label, at) => label === other[at]);
