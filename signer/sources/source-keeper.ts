import type { Pubkey } from '../../core/units.ts';
import { up, type HealthCheck } from '../health.ts';
import { joinProgress, type OnLoadProgress } from '../keys/load-progress.ts';
import type { KeySource } from './key-source.ts';
import { KeptSource, type KeptSourceModules } from './kept-source.ts';

export interface SourceKeeperModules extends Omit<KeptSourceModules, 'onDeleted' | 'onProgress'> {
  readonly sources: readonly KeySource[];
  readonly onProgress?: OnLoadProgress | undefined;
  /** Keys that signed here before: any source may have them. */
  readonly known?: { has(pubkey: Pubkey): boolean; list(): Iterable<Pubkey> };
}

/**
 * Brings keys in from outside of the data directory, each source by itself and in the background. It only ever brings in:
 * a source that is silent, that says no, or that has a key no more never takes a key away that signs. Who wants that
 * deletes or freezes the key here.
 */
export class SourceKeeper {
  readonly #kept: readonly KeptSource[];
  readonly #modules: Pick<SourceKeeperModules, 'has' | 'known'>;

  constructor({ sources, onProgress, ...modules }: SourceKeeperModules) {
    this.#modules = modules;
    const part = onProgress === undefined ? null : joinProgress(onProgress);
    const onDeleted = (pubkey: Pubkey): void => this.forget(pubkey);
    this.#kept = sources.map(
      (source, index) =>
        new KeptSource(`${source.name.split(' ', 1)[0]} ${index + 1}`, source, {
          ...modules,
          onDeleted,
          onProgress: part?.(),
        }),
    );
  }

  /**
   * Asks all sources, each once more if it is being asked.
   * @returns when all have been, what fails, without secrets and places
   */
  async load(): Promise<string[]> {
    await Promise.all(this.#kept.map((kept) => kept.load()));
    return this.#kept.flatMap(({ failing }) => failing ?? []);
  }

  /** The key was deleted here. Any source may have opened it, also those whose key came second and was not used. */
  forget(pubkey: Pubkey): void {
    for (const kept of this.#kept) kept.forget(pubkey);
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
