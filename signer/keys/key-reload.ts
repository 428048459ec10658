import type { Logger } from '../../core/log/logger.ts';
import { isVigilError } from '../../core/errors.ts';
import { defaultConcurrency } from '../keystore/load-in-parallel.ts';
import type { KeyManager } from './key-manager.ts';

/** What `GET /reload` answers; members without a value are left out. */
export interface ReloadStatus {
  readonly status: 'idle' | 'running' | 'completed' | 'completed_with_errors' | 'failed';
  /** ISO 8601: when the last reload started or, once it has ended, when it ended. */
  readonly lastOperationTime?: string;
  readonly lastError?: string;
}

/** Reloads the keys while the signer runs: one reload at a time, in the background, with an account of the last one. */
export class KeyReload {
  readonly #keyManager: KeyManager;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #status: ReloadStatus = { status: 'idle' };

  readonly #onStart: () => void;
  readonly #assertUnchanged: () => Promise<void>;

  /**
   * @param modules `onStart` has whatever else gives keys look for new ones; `assertUnchanged` throws when something was
   * configured in another way that only a restart takes up, which no reload may pass over in silence
   */
  constructor(modules: {
    keyManager: KeyManager;
    log: Logger;
    onStart?: () => void;
    assertUnchanged?: () => Promise<void>;
  }) {
    this.#assertUnchanged = modules.assertUnchanged ?? (() => Promise.resolve());
    this.#onStart = modules.onStart ?? (() => undefined);
    this.#keyManager = modules.keyManager;
    this.#log = modules.log;
  }

  get status(): ReloadStatus {
    return this.#status;
  }

  /** @returns false while a reload is under way, or the signer is stopping */
  start(): boolean {
    if (this.#running !== null || this.#stopping.signal.aborted) return false;
    this.#status = { status: 'running', lastOperationTime: now() };
    this.#onStart();
    this.#running = this.#reload().finally(() => {
      this.#running = null;
      if (!this.#again) return;
      this.#again = false;
      this.start();
    });
    return true;
  }

  /** For who cannot be told to come back: what changed while a reload is under way is seen by one right after it. */
  startOrFollow(): void {
    if (!this.start()) this.#again = true;
  }

  /** Ends a reload under way early; resolves when it changes nothing any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #reload(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      // Opening keystores must not take every core away from signing.
      const concurrency = Math.max(1, defaultConcurrency() - 1);
      const { failed, removed } = await this.#keyManager.rescan({ concurrency, signal });
      // A key whose file is gone may be in another place too, which was asked while it still signed. Where all are gone
      // nobody can tell why, and they stay silent until somebody asks again.
      if (removed > 0 && !this.#keyManager.areKeysVanished) this.#onStart();
      // After the keys: a file that cannot be read keeps none of them back.
      await this.#assertUnchanged();
      this.#status = failed === 0 ? ended('completed') : ended('completed_with_errors', errors(failed));
    } catch (error) {
      const code = isVigilError(error) ? error.code : 'INTERNAL';
      const hint = isVigilError(error) ? error.hint : undefined;
      this.#log.error({ err: error, code, hint }, 'the keys could not be reloaded');
      this.#status = ended('failed', `${code}: the loaded keys stay as they are; see the log of the signer`);
    }
  }
}

const now = (): string => new Date().toISOString();

const ended = (status: ReloadStatus['status'], lastError?: string): ReloadStatus => ({
  status,
  lastOperationTime: now(),
  ...(lastError === undefined ? {} : { lastError }),
});

const errors = (count: number): string =>
  `${count} signer loading error${count === 1 ? '' : 's'}; see the log of the signer`;
