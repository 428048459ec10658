import type { Storage, StorageRecord, StoredState } from '../../slashing-db/storage/storage-port.ts';
import { CommitGate } from './commit-gate.ts';

/** The real storage of one guard, watched. */
export class ObservedStorage extends CommitGate implements Storage {
  readonly #real: Storage;

  constructor(real: Storage) {
    super();
    this.#real = real;
  }

  load(): StoredState {
    return this.#real.load();
  }

  mark() {
    return this.#real.mark();
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    await this.pass(() => this.#real.commit(records));
    this.commits.push(records);
  }

  search(search: Parameters<Storage['search']>[0]) {
    return this.#real.search(search);
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}
