import type { Storage, StorageRecord, StoredState } from '../../slashing-db/storage/storage-port.ts';

/**
 * The real storage on a slower disk: every commit blocks its thread for so much longer, as an fsync does. (A timer
 * would let the event loop go on meanwhile, which no synchronous commit does.)
 */
export class SlowStorage implements Storage {
  readonly #inner: Storage;
  readonly #delayMs: number;

  constructor(inner: Storage, delayMs: number) {
    this.#inner = inner;
    this.#delayMs = delayMs;
  }

  load(): StoredState {
    return this.#inner.load();
  }

  mark() {
    return this.#inner.mark();
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    block(this.#delayMs);
    await this.#inner.commit(records);
  }

  search(search: Parameters<Storage['search']>[0]) {
    return this.#inner.search(search);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));

function block(ms: number): void {
  if (ms > 0) Atomics.wait(cell, 0, 0, ms);
}
