import type { Logger } from '../../core/log/logger.ts';
import { isVigilError, type VigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { up, type HealthCheck } from '../health.ts';
import type { OnLoadProgress } from '../keys/load-progress.ts';
import type { SecretBytes } from '../keystore/bls-keys.ts';
import type { KeySource } from './key-source.ts';

export interface KeptSourceModules {
  readonly has: (pubkey: Pubkey) => boolean;
  /** Deleted here: it is not opened again, so that its secret comes into no cache. */
  readonly isDeleted?: (pubkey: Pubkey) => boolean;
  /** Brings a key in that is not stored here. */
  readonly adopt: (pubkey: Pubkey, secretKey: SecretBytes) => Promise<'active' | 'duplicate' | 'deleted'>;
  /** A key that was deleted while it was being opened, and may be in any cache by now. */
  readonly onDeleted: (pubkey: Pubkey) => void;
  /** Of the first time that it is asked. */
  readonly onProgress?: OnLoadProgress | undefined;
  readonly log: Logger;
  /** How soon it is asked again when it failed, or a key of it; each time that it is no better, twice as late. */
  readonly retryMs?: number;
}

const RETRY_MS = 30_000;
/** A vault that is back is to be noticed soon; a key that is no good stays so until somebody mends it, and reloads. */
const MAX_RETRY_MS = { source: 300_000, key: 1_800_000 };

/** One source with what came out of it so far: asked in the background, again by itself where something failed. */
export class KeptSource {
  readonly source: KeySource;
  readonly #modules: KeptSourceModules;
  readonly #stopping = new AbortController();
  readonly #keys = new Set<Pubkey>();
  /** By what messages call them: keys that could not be had, and why. */
  readonly #failures = new Map<string, VigilError>();
  readonly #toldDeleted = new Set<Pubkey>();
  #loading: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  /** Why the source as a whole gave nothing the last time. */
  #failure: string | null = null;
  /** Times that it was asked without anything having become other. */
  #inVain = 0;
  /** Keys that it named before they are open. */
  readonly #named = new Set<Pubkey>();
  /** Keys that it is about to bring in, as far as it has said. */
  #left = 0;
  /** Whether it has been heard to the end since the start. */
  #heard = false;

  #id: string;
  /** Of the failure. */
  #code: string | null = null;

  /** @param id what health calls it, which anybody may read who reaches the signer: where it is, is for the log */
  constructor(id: string, source: KeySource, modules: KeptSourceModules) {
    this.#id = id;
    this.source = source;
    this.#modules = modules;
  }

  /** The file of sources may change and give it another number. */
  called(id: string): this {
    this.#id = id;
    return this;
  }

  /** Keys that it brought in. */
  get keys(): ReadonlySet<Pubkey> {
    return this.#keys;
  }

  /** Asks it, once more if it is being asked. Resolves when it has been; never rejects. */
  load(): Promise<void> {
    this.#inVain = 0;
    if (this.#loading !== null) this.#again = true;
    return this.#load();
  }

  /** Whether it may still bring keys that it has not named. */
  get isSettled(): boolean {
    return this.#heard && this.#failure === null && this.#failures.size === 0;
  }

  /** Keys that it is about to open. */
  get named(): ReadonlySet<Pubkey> {
    return this.#named;
  }

  /** The key was deleted here. Resolves when it is in no file of this source any more. @throws KEY_FILE_UNWRITABLE */
  async forget(pubkey: Pubkey): Promise<void> {
    this.#named.delete(pubkey);
    this.#keys.delete(pubkey);
    try {
      await this.source.forget?.(pubkey);
    } catch (error) {
      this.#modules.log.error({ err: error, pubkey }, 'a deleted key is still in a key cache');
      throw error;
    }
  }

  /** Not well before it has been heard to the end: who waits for all keys waits for these too. */
  get check(): HealthCheck {
    const failed = this.#failures.size;
    return {
      id: this.#id,
      status: up(this.isSettled),
      data: {
        'keys-loaded': this.#keys.size,
        'error-count': failed,
        ...(this.#left === 0 ? {} : { 'keys-loading': this.#left }),
        ...(this.#code === null ? {} : { reason: this.#code }),
      },
    };
  }

  /** What it failed in the last time, in words for anybody; null if in nothing. */
  get failing(): string | null {
    if (this.#code !== null) return `${this.#id}: ${this.#code}`;
    const failed = this.#failures.size;
    if (failed === 0) return null;
    const codes = [...new Set([...this.#failures.values()].map(({ code }) => code))].sort();
    return `${this.#id}: ${failed} key${failed === 1 ? '' : 's'} not loaded (${codes.join(', ')})`;
  }

  /** Resolves when it brings nothing in any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#loading;
    await this.source.close?.();
  }

  #load(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#loading ??= this.#ask().finally(() => {
      this.#loading = null;
      if (this.#again) {
        this.#again = false;
        return this.#load();
      }
      if (this.#failure !== null || this.#failures.size > 0) this.#askLater();
      return undefined;
    });
    return this.#loading;
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { log } = this.#modules;
    const { signal } = this.#stopping;
    const start = performance.now();
    const had = this.#keys.size;
    const failed = new Set<string>();
    const onProgress: OnLoadProgress = (done, total, cold) => {
      this.#left = total - done;
      if (!this.#heard) this.#modules.onProgress?.(done, total, cold);
    };
    const has = (pubkey: Pubkey): boolean => this.#modules.has(pubkey) || this.#isDeleted(pubkey);
    const onNamed = (pubkeys: Iterable<Pubkey>): void => {
      for (const pubkey of pubkeys) this.#named.add(pubkey);
    };
    try {
      for await (const key of this.source.load({ has, signal, onNamed, onProgress })) {
        if (signal.aborted) return;
        if ('error' in key) {
          failed.add(key.label);
          const { code, hint, message } = key.error;
          // Once for each reason: it is met again whenever the source is asked.
          if (this.#failures.get(key.label)?.message !== message) {
            this.#inVain = 0;
            log.error({ source: this.source.name, key: key.label, code, hint }, message);
          }
          this.#failures.set(key.label, key.error);
        } else await this.#bringIn(key.pubkey, key.secretKey);
        if (key.pubkey !== undefined) this.#named.delete(key.pubkey);
      }
      // One that fails no more, or is not there any more.
      for (const label of this.#failures.keys()) if (!failed.has(label)) this.#failures.delete(label);
      if (this.#failure !== null) log.info({ source: this.source.name }, 'a key source answers again');
      this.#failure = this.#code = null;
      this.#tell(had, performance.now() - start);
      this.#heard = true;
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(error);
    } finally {
      this.#named.clear();
      this.#left = 0;
    }
  }

  /** Told once for each reason; where a stack is of use is only what nobody foresaw. */
  #fail(error: unknown): void {
    const known = isVigilError(error);
    this.#code = known ? error.code : 'KEY_LOAD_FAILED';
    const reason = known ? error.message : 'it failed; see the log of the signer';
    if (reason === this.#failure) return;
    this.#failure = reason;
    this.#inVain = 0;
    const what = known ? { reason, hint: error.hint } : { err: error };
    this.#modules.log.error(
      { source: this.source.name, code: this.#code, ...what },
      'a key source gave nothing: loaded keys stay',
    );
  }

  /** At the end of the first time, and whenever something came. */
  #tell(had: number, tookMs: number): void {
    if (this.#stopping.signal.aborted || (this.#heard && this.#keys.size <= had)) return;
    const counts = { loaded: this.#keys.size, failed: this.#failures.size };
    const seconds = Number((tookMs / 1000).toFixed(1));
    this.#modules.log.info({ source: this.source.name, ...counts, seconds }, 'keys of a source are loaded');
  }

  async #bringIn(pubkey: Pubkey, secretKey: SecretBytes): Promise<void> {
    const { adopt, log, onDeleted } = this.#modules;
    const result = await adopt(pubkey, secretKey);
    if (result === 'deleted') {
      this.#tellOfDeleted(pubkey);
      onDeleted(pubkey);
      return;
    }
    if (result === 'active') this.#keys.add(pubkey);
    else log.warn({ pubkey, source: this.source.name }, 'two places have this key: the first one is used');
  }

  #isDeleted(pubkey: Pubkey): boolean {
    if (this.#modules.isDeleted?.(pubkey) !== true) return false;
    this.#tellOfDeleted(pubkey);
    return true;
  }

  /** Once: the source has it whenever it is asked. */
  #tellOfDeleted(pubkey: Pubkey): void {
    if (this.#toldDeleted.has(pubkey)) return;
    this.#toldDeleted.add(pubkey);
    this.#modules.log.warn(
      { pubkey, source: this.source.name, code: 'KEY_DELETED' },
      'a key source has a key that was deleted here',
    );
  }

  #askLater(): void {
    if (this.#stopping.signal.aborted) return;
    const longest = this.#failure === null ? MAX_RETRY_MS.key : MAX_RETRY_MS.source;
    const ms = Math.min((this.#modules.retryMs ?? RETRY_MS) * 2 ** this.#inVain, longest);
    this.#inVain += 1;
    this.#timer = setTimeout(() => void this.#load(), ms).unref();
  }
}
