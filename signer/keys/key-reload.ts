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

/**
 * Reloads the keys while the signer runs: one look at the data directory at a time, in the background, with an account of
 * the last one. It has ended when the places that keys come from besides have answered too. What takes minutes there, a
 * first load or a vault that is silent, does not keep the next look waiting: a keystore that is taken away is to be missed
 * soon.
 */
export class KeyReload {
  readonly #keyManager: KeyManager;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #looking: Promise<void> | null = null;
  /** Of the newest one: what an earlier one waited for is in its account. */
  #turn = 0;
  #again = false;
  #status: ReloadStatus = { status: 'idle' };

  readonly #askElsewhere: () => Promise<readonly string[]>;

  /**
   * @param modules `askElsewhere` has whatever else gives keys look for new ones, and resolves to what fails there, in
   * words for anybody
   */
  constructor(modules: {
    keyManager: KeyManager;
    log: Logger;
    askElsewhere?: () => Promise<readonly string[]>;
  }) {
    this.#askElsewhere = modules.askElsewhere ?? (() => Promise.resolve([]));
    this.#keyManager = modules.keyManager;
    this.#log = modules.log;
  }

  get status(): ReloadStatus {
    return this.#status;
  }

  /** @returns false while a look at the data directory is under way, or the signer is stopping */
  start(): boolean {
    if (this.#looking !== null || this.#stopping.signal.aborted) return false;
    this.#status = { status: 'running', lastOperationTime: now() };
    this.#looking = this.#reload().finally(() => {
      this.#looking = null;
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

  /** Ends a reload under way early; resolves when it changes nothing any more in the data directory's keys. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
  }

  async #reload(): Promise<void> {
    const turn = (this.#turn += 1);
    const asked = [this.#askElsewhere()];
    const errors: string[] = [];
    let status: 'completed' | 'failed' = 'completed';
    try {
      // Opening keystores must not take every core away from signing.
      const concurrency = Math.max(1, defaultConcurrency() - 1);
      const { signal } = this.#stopping;
      const { failed, removed } = await this.#keyManager.rescan({ concurrency, signal });
      if (failed > 0) errors.push(`${failed} signer loading error${failed === 1 ? '' : 's'}`);
      // A key whose file is gone may be in another place too, which was asked while it still signed. Where all are gone
      // nobody can tell why, and they stay silent until somebody asks again.
      if (removed > 0 && !this.#keyManager.areKeysVanished) asked.push(this.#askElsewhere());
    } catch (error) {
      const code = isVigilError(error) ? error.code : 'INTERNAL';
      const hint = isVigilError(error) ? error.hint : undefined;
      this.#log.error({ err: error, code, hint }, 'the keys could not be reloaded');
      status = 'failed';
      errors.push(`${code}: the loaded keys stay as they are`);
    }
    void Promise.all(asked).then((failing) => {
      if (turn === this.#turn) this.#status = ended(status, [...errors, ...(failing.at(-1) ?? [])]);
    });
  }
}

const now = (): string => new Date().toISOString();

function ended(status: 'completed' | 'failed', errors: readonly string[]): ReloadStatus {
  if (errors.length === 0) return { status, lastOperationTime: now() };
  return {
    status: status === 'failed' ? status : 'completed_with_errors',
    lastOperationTime: now(),
    lastError: `${errors.join('; ')}; see the log of the signer`,
  };
}
