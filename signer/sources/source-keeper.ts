import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { up, type HealthCheck } from '../health.ts';
import type { SecretBytes } from '../keystore/bls-keys.ts';
import type { KeySource } from './key-source.ts';

export interface SourceKeeperModules {
  readonly sources: readonly KeySource[];
  readonly has: (pubkey: Pubkey) => boolean;
  /** Deleted here: it is not opened again, so that its secret comes into no cache. */
  readonly isDeleted?: (pubkey: Pubkey) => boolean;
  /** Brings a key in that is not stored here. */
  readonly adopt: (pubkey: Pubkey, secretKey: SecretBytes) => Promise<'active' | 'duplicate' | 'deleted'>;
  readonly log: Logger;
  /** How soon a source that failed, or a key of it, is asked again. */
  readonly retryMs?: number;
}

const RETRY_MS = 30_000;

interface State {
  readonly source: KeySource;
  loading: Promise<void> | null;
  again: boolean;
  /** Why the source as a whole gave nothing the last time. */
  failure: string | null;
  failed: number;
  readonly keys: Set<Pubkey>;
}

/**
 * Brings keys in from outside of the data directory, each source by itself and in the background. It only ever brings in:
 * a source that is silent, that says no, or that has a key no more never takes a key away that signs. Who wants that
 * deletes or freezes the key here.
 */
export class SourceKeeper {
  readonly #modules: SourceKeeperModules;
  readonly #states: readonly State[];
  readonly #stopping = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(modules: SourceKeeperModules) {
    this.#modules = modules;
    this.#states = modules.sources.map((source) => ({
      ...{ source, loading: null, again: false, failure: null, failed: 0 },
      keys: new Set(),
    }));
  }

  /** Asks all sources, each once more if it is being asked. Resolves when all have been. */
  async load(): Promise<void> {
    await Promise.all(
      this.#states.map((state) => {
        if (state.loading !== null) state.again = true;
        return this.#load(state);
      }),
    );
  }

  /** The key was deleted here. Any source may have opened it, also those whose key came second and was not used. */
  forget(pubkey: Pubkey): void {
    for (const { source, keys } of this.#states) {
      keys.delete(pubkey);
      source.forget?.(pubkey).catch((error: unknown) => {
        this.#modules.log.error({ err: error, pubkey }, 'a deleted key is still in a key cache');
      });
    }
  }

  get checks(): HealthCheck[] {
    if (this.#states.length === 0) return [];
    const checks = this.#states.map(({ source, loading, failure, failed, keys }): HealthCheck => {
      const first = loading !== null && keys.size === 0 && failed === 0;
      return {
        id: source.name,
        status: up(failure === null && failed === 0 && !first),
        data: {
          'keys-loaded': keys.size,
          'error-count': failed,
          ...(failure === null ? {} : { reason: failure }),
        },
      };
    });
    return [{ id: 'key-sources-check', status: up(checks.every(({ status }) => status === 'UP')), checks }];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { loading } of this.#states) await loading;
    for (const { source } of this.#states) await source.close?.();
  }

  #load(state: State): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    state.loading ??= this.#ask(state).finally(() => {
      state.loading = null;
      if (state.again) {
        state.again = false;
        return this.#load(state);
      }
      if (this.#stopping.signal.aborted) return undefined;
      if (state.failure !== null || state.failed > 0) this.#askLater(state);
      return undefined;
    });
    return state.loading;
  }

  /** Never rejects. */
  async #ask(state: State): Promise<void> {
    const { log } = this.#modules;
    const { source } = state;
    const has = (pubkey: Pubkey): boolean => this.#modules.has(pubkey) || this.#isDeleted(state, pubkey);
    const { signal } = this.#stopping;
    let failed = 0;
    try {
      for await (const key of source.load({ has, signal })) {
        if (signal.aborted) return;
        if ('error' in key) {
          failed += 1;
          const { code, hint, message } = key.error;
          log.error({ source: source.name, key: key.label, code, hint }, message);
        } else await this.#bringIn(state, key.pubkey, key.secretKey);
      }
      state.failure = null;
    } catch (error) {
      if (signal.aborted) return;
      const code = isVigilError(error) ? error.code : 'KEY_LOAD_FAILED';
      state.failure = isVigilError(error) ? error.message : 'it failed; see the log of the signer';
      const hint = isVigilError(error) ? error.hint : undefined;
      log.error(
        { source: source.name, err: error, code, hint },
        'a key source gave nothing: loaded keys stay',
      );
    }
    state.failed = failed;
  }

  async #bringIn(state: State, pubkey: Pubkey, secretKey: SecretBytes): Promise<void> {
    const { adopt, log } = this.#modules;
    const result = await adopt(pubkey, secretKey);
    if (result === 'deleted') {
      this.#tellOfDeleted(state, pubkey);
      // It was deleted while it was being opened, and may be in a cache by now.
      this.forget(pubkey);
      return;
    }
    if (result === 'active') state.keys.add(pubkey);
    else log.warn({ pubkey, source: state.source.name }, 'two places have this key: the first one is used');
  }

  #isDeleted(state: State, pubkey: Pubkey): boolean {
    if (this.#modules.isDeleted?.(pubkey) !== true) return false;
    this.#tellOfDeleted(state, pubkey);
    return true;
  }

  #tellOfDeleted({ source }: State, pubkey: Pubkey): void {
    this.#modules.log.warn(
      { pubkey, source: source.name, code: 'KEY_DELETED' },
      'a key source has a key that was deleted here',
    );
  }

  #askLater(state: State): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#load(state);
    }, this.#modules.retryMs ?? RETRY_MS).unref();
    this.#timers.add(timer);
  }
}
