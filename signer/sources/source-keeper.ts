import type { Pubkey } from '../../core/units.ts';
import { up, type HealthCheck } from '../health.ts';
import { joinProgress, type OnLoadProgress } from '../keys/load-progress.ts';
import type { KeySource } from './key-source.ts';
import { KeptSource, type KeptSourceModules } from './kept-source.ts';

export interface SourceKeeperModules extends Omit<KeptSourceModules, 'onDeleted' | 'onProgress'> {
  readonly sources: readonly KeySource[];
  readonly onProgress?: OnLoadProgress | undefined;
}

/**
 * Brings keys in from outside of the data directory, each source by itself and in the background. It only ever brings in:
 * a source that is silent, that says no, or that has a key no more never takes a key away that signs. Who wants that
 * deletes or freezes the key here.
 */
export class SourceKeeper {
  readonly #kept: readonly KeptSource[];

  constructor({ sources, onProgress, ...modules }: SourceKeeperModules) {
    const part = onProgress === undefined ? null : joinProgress(onProgress);
    const onDeleted = (pubkey: Pubkey): void => this.forget(pubkey);
    this.#kept = sources.map(
      (source) => new KeptSource(source, { ...modules, onDeleted, onProgress: part?.() }),
    );
  }

  /** Asks all sources, each once more if it is being asked. Resolves when all have been. */
  async load(): Promise<void> {
    await Promise.all(this.#kept.map((kept) => kept.load()));
  }

  /** The key was deleted here. Any source may have opened it, also those whose key came second and was not used. */
  forget(pubkey: Pubkey): void {
    for (const kept of this.#kept) kept.forget(pubkey);
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
