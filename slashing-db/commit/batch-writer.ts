import { setTimeout as delay } from 'node:timers/promises';
import type { Storage, StorageRecord } from '../storage/storage-port.ts';

interface Batch {
  readonly records: StorageRecord[];
  /** Milliseconds of the monotonic clock. */
  readonly openedAt: number;
  /** Since when somebody waits for it, by the same clock; null while nobody does. */
  urgentSince: number | null;
  readonly committed: PromiseWithResolvers<void>;
}

/** How long a batch may gather more while there is no hurry. */
const GATHER_MS = 4;

export interface BatchWriterOptions {
  /**
   * Told of every commit: seconds from the first record that somebody waited for, null when nobody did, and seconds
   * that it took.
   */
  readonly onCommit?: (waitedSeconds: number | null, commitSeconds: number) => void;
  /** Whether whoever waits for a commit could not go on at once anyway. */
  readonly noHurry?: () => boolean;
}

/** How long a record that nobody waits for may wait for company. */
const IDLE_MS = 100;

/**
 * Group commit: while one commit runs, the records that arrive gather in the next batch, and one durable write
 * serves them all. Each record's promise belongs to its own batch and to no other, so a record is never
 * acknowledged by the commit of an earlier one.
 *
 * The first failure is final: the failed commit may or may not have reached the disk, so this batch, what waits
 * behind it and all that comes later are rejected, and the process has to start again from what is on the disk.
 */
export class BatchWriter {
  readonly #storage: Storage;
  readonly #onFailure: (error: Error) => void;
  readonly #options: BatchWriterOptions;
  #lastCommitMs = 0;
  #open: Batch | null = null;
  #inFlight: Batch | null = null;
  #failure: Error | null = null;
  #scheduled = false;
  #idle: NodeJS.Timeout | null = null;

  constructor(storage: Storage, onFailure: (error: Error) => void, options: BatchWriterOptions = {}) {
    this.#storage = storage;
    this.#onFailure = onFailure;
    this.#options = options;
  }

  /** Synchronous up to the append, so that no other request can come between a check and its record. */
  append(...records: StorageRecord[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const batch = this.#add(records);
    batch.urgentSince ??= performance.now();
    this.#schedule();
    return batch.committed.promise;
  }

  /** For records that nobody waits for: they go with the next batch, or alone when none comes. */
  appendIdly(...records: StorageRecord[]): void {
    if (this.#failure !== null) return;
    this.#add(records);
    if (this.#scheduled || this.#idle !== null) return;
    this.#idle = setTimeout(() => this.#schedule(), IDLE_MS);
    this.#idle.unref();
  }

  /** Resolves when everything appended so far is durable, but for idle records, which it does not wait for. */
  barrier(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const last = typeof this.#open?.urgentSince === 'number' ? this.#open : this.#inFlight;
    return last?.committed.promise ?? Promise.resolve();
  }

  /** Resolves when everything appended so far is durable. */
  flush(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#open === null) return this.barrier();
    this.#schedule();
    return this.#open.committed.promise;
  }

  #add(records: readonly StorageRecord[]): Batch {
    this.#open ??= newBatch();
    for (const record of records) this.#open.records.push(record);
    return this.#open;
  }

  #schedule(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // One turn of the event loop: all requests that came in with this one share the first commit too.
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#open !== null && this.#failure === null) {
      if (this.#options.noHurry?.() === true) await this.#gather(this.#open);
      const batch = this.#open;
      this.#open = null;
      this.#inFlight = batch;
      const start = performance.now();
      try {
        await this.#storage.commit(batch.records);
        batch.committed.resolve();
        this.#lastCommitMs = performance.now() - start;
        const { urgentSince } = batch;
        const waited = urgentSince === null ? null : (start - urgentSince) / 1000;
        this.#options.onCommit?.(waited, this.#lastCommitMs / 1000);
      } catch (error) {
        this.#fail(error as Error, batch);
      }
    }
    this.#inFlight = null;
    this.#scheduled = false;
  }

  /** A commit costs as much for one record as for ten; on a slow disk they gather by themselves. */
  async #gather(batch: Batch): Promise<void> {
    const until = batch.openedAt + GATHER_MS;
    while (
      this.#lastCommitMs < GATHER_MS &&
      performance.now() < until &&
      this.#options.noHurry?.() === true
    ) {
      await delay(1);
    }
  }

  #fail(error: Error, batch: Batch): void {
    this.#failure = error;
    this.#onFailure(error);
    batch.committed.reject(error);
    this.#open?.committed.reject(error);
    this.#open = null;
  }
}

function newBatch(): Batch {
  const batch: Batch = {
    records: [],
    openedAt: performance.now(),
    urgentSince: null,
    committed: Promise.withResolvers<void>(),
  };
  // A record nobody waits for any more (its client has gone) must not end the process as an unhandled rejection.
  batch.committed.promise.catch(() => undefined);
  return batch;
}
