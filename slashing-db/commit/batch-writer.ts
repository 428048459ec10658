import type { Storage, StorageRecord } from '../storage/storage-port.ts';

interface Batch {
  readonly records: StorageRecord[];
  readonly committed: PromiseWithResolvers<void>;
}

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
  #open: Batch | null = null;
  #inFlight: Batch | null = null;
  #failure: Error | null = null;

  constructor(storage: Storage, onFailure: (error: Error) => void) {
    this.#storage = storage;
    this.#onFailure = onFailure;
  }

  /** Synchronous up to the append, so that no other request can come between a check and its record. */
  append(...records: StorageRecord[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#open ??= this.#newBatch();
    for (const record of records) this.#open.records.push(record);
    return this.#open.committed.promise;
  }

  /** Resolves when everything appended so far is durable. */
  barrier(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return (this.#open ?? this.#inFlight)?.committed.promise ?? Promise.resolve();
  }

  #newBatch(): Batch {
    const batch: Batch = { records: [], committed: Promise.withResolvers<void>() };
    // A record nobody waits for any more (its client has gone) must not end the process as an unhandled rejection.
    batch.committed.promise.catch(() => undefined);
    // One turn of the event loop: all requests that came in with this one share the first commit too.
    if (this.#inFlight === null) setImmediate(() => void this.#drain());
    return batch;
  }

  async #drain(): Promise<void> {
    while (this.#open !== null && this.#failure === null) {
      const batch = this.#open;
      this.#open = null;
      this.#inFlight = batch;
      try {
        await this.#storage.commit(batch.records);
        batch.committed.resolve();
      } catch (error) {
        this.#fail(error as Error, batch);
      }
    }
    this.#inFlight = null;
  }

  #fail(error: Error, batch: Batch): void {
    this.#failure = error;
    this.#onFailure(error);
    batch.committed.reject(error);
    this.#open?.committed.reject(error);
    this.#open = null;
  }
}
