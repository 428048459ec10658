import type { Pubkey } from '../../core/units.ts';
import { up, type HealthCheck } from '../health.ts';
import { joinProgress, type OnLoadProgress } from '../keys/load-progress.ts';
import type { KeySource } from './key-source.ts';
import { KeptSource, type KeptSourceModules } from './kept-source.ts';

export interface SourceKeeperModules extends Omit<KeptSourceModules, 'onDeleted' | 'onProgress'> {
  readonly sources: readonly KeySource[];
  readonly onProgress?: OnLoadProgress | undefined;
  /** Whether a key is here and not in the data directory. */
  readonly isAdopted?: (pubkey: Pubkey) => boolean;
  /** Keys that signed here before: any source may have them. */
  readonly known?: { has(pubkey: Pubkey): boolean; list(): Iterable<Pubkey> };
}

/**
 * Brings keys in from outside of the data directory, each source by itself and in the background. It only ever brings in:
 * a source that is silent, that says no, or that has a key no more never takes a key away that signs. Who wants that
 * deletes or freezes the key here.
 */
export class SourceKeeper {
  #kept: readonly KeptSource[] = [];
  readonly #modules: SourceKeeperModules;
  /** Makes a part of the progress for each source. */
  readonly #part: (() => OnLoadProgress) | null;
  /** Keys of sources that are named no more, until another source has them. */
  readonly #orphans = new Set<Pubkey>();

  constructor(modules: SourceKeeperModules) {
    this.#modules = modules;
    this.#part = modules.onProgress === undefined ? null : joinProgress(modules.onProgress);
    this.#kept = this.#keep(modules.sources);
  }

  /**
   * From now on these are the sources; one that is among them already goes on as it is. Keys of a source that is named no
   * more sign on, because a source that was mistyped must not silence them; whichever other source has such a key is asked
   * for it anew.
   */
  async replace(sources: readonly KeySource[]): Promise<void> {
    const before = this.#kept;
    this.#kept = this.#keep(sources);
    for (const kept of before) {
      if (this.#kept.includes(kept)) continue;
      await kept.stop();
      for (const pubkey of kept.keys) this.#orphans.add(pubkey);
      const { name } = kept.source;
      this.#modules.log.warn(
        { source: name, keys: kept.keys.size },
        'a key source is named no more: what it brought signs until it is removed here or the signer starts anew',
      );
    }
  }

  #keep(sources: readonly KeySource[]): KeptSource[] {
    const { has, adopt } = this.#modules;
    return sources.map((source, index) => {
      const id = `${source.name.split(' ', 1)[0]} ${index + 1}`;
      const same = this.#kept.find((kept) => kept.source === source);
      if (same !== undefined) return same.called(id);
      return new KeptSource(id, source, {
        ...this.#modules,
        has: (pubkey) => has(pubkey) && !this.#orphans.has(pubkey),
        adopt: async (pubkey, secretKey) => {
          const result = await adopt(pubkey, secretKey);
          return this.#orphans.delete(pubkey) && result === 'duplicate' ? 'active' : result;
        },
        onDeleted: (pubkey) => void this.forget(pubkey),
        onProgress: this.#part?.(),
      });
    });
  }

  /**
   * Asks all sources, each once more if it is being asked.
   * @returns when all have been, what fails, without secrets and places
   */
  async load(): Promise<string[]> {
    await Promise.all(this.#kept.map((kept) => kept.load()));
    return [...this.#kept.flatMap(({ failing }) => failing ?? []), ...this.#orphaned()];
  }

  /** Those that are in the data directory by now, or gone, are nobody's concern any more. */
  #orphaned(): string[] {
    const { has, isAdopted = has } = this.#modules;
    for (const pubkey of this.#orphans) if (!isAdopted(pubkey)) this.#orphans.delete(pubkey);
    const { size } = this.#orphans;
    if (size === 0) return [];
    const keys = size === 1 ? '1 key' : `${size} keys`;
    return [`${keys} of sources that are named no more: signing until removed, or until the next start`];
  }

  /**
   * The key was deleted here. Any source may have opened it, also those whose key came second and was not used. Resolves
   * when its secret is in no file here any more. @throws KEY_FILE_UNWRITABLE
   */
  forget(pubkey: Pubkey): Promise<void> {
    this.#orphans.delete(pubkey);
    const forgotten = Promise.all(this.#kept.map((kept) => kept.forget(pubkey))).then(() => undefined);
    // It is in the log too, for who does not wait.
    forgotten.catch(() => undefined);
    return forgotten;
  }

  /**
   * Keys that cannot sign yet and may still come: those that a source has named, and, while any source was not yet heard to
   * the end or fails, all that signed here before. Who asks for one is to come back.
   */
  awaited(): Set<Pubkey> {
    const awaited = new Set(this.#kept.flatMap(({ named }) => [...named]));
    if (this.#kept.some(({ isSettled }) => !isSettled))
      for (const pubkey of this.#modules.known?.list() ?? []) awaited.add(pubkey);
    for (const pubkey of awaited) if (this.#modules.has(pubkey)) awaited.delete(pubkey);
    return awaited;
  }

  awaits(pubkey: Pubkey): boolean {
    if (this.#modules.has(pubkey)) return false;
    if (this.#kept.some(({ named }) => named.has(pubkey))) return true;
    return this.#kept.some(({ isSettled }) => !isSettled) && this.#modules.known?.has(pubkey) === true;
  }

  get checks(): HealthCheck[] {
    if (this.#kept.length === 0) return [];
    const checks = this.#kept.map(({ check }) => check);
    return [{ id: 'key-sources-check', status: up(checks.every(({ status }) => status === 'UP')), checks }];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#kept.map((kept) => kept.stop()));
  }
}
