import type { Storage, StorageRecord, StoredState } from '../../slashing-db/storage/storage-port.ts';

type CommitStep = (records: readonly StorageRecord[], real: () => Promise<void>) => Promise<void>;

/**
 * The real storage, watched: counts commits, and lets a test come in between the guard and one of them: to hold
 * it back, or to fail it before or after it reached the disk.
 */
export class ObservedStorage implements Storage {
  readonly commits: (readonly StorageRecord[])[] = [];
  readonly #real: Storage;
  #next: CommitStep | null = null;

  constructor(real: Storage) {
    this.#real = real;
  }

  /**
   * The next commit waits until `letGo` is called, or until `fail` makes it fail unwritten. `reached` resolves when
   * it has come that far.
   */
  holdNextCommit(): { reached: Promise<void>; letGo: () => void; fail: () => void } {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    this.#next = async (_records, real) => {
      reached.resolve();
      await gate.promise;
      await real();
    };
    const fail = () => gate.reject(new Error('EIO: i/o error, fsync'));
    return { reached: reached.promise, letGo: gate.resolve, fail };
  }

  failNextCommit(written: 'written' | 'not written'): void {
    this.#next = async (_records, real) => {
      if (written === 'written') await real();
      throw new Error('EIO: i/o error, fsync');
    };
  }

  load(): StoredState {
    return this.#real.load();
  }

  mark() {
    return this.#real.mark();
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    const step = this.#next;
    this.#next = null;
    if (step === null) await this.#real.commit(records);
    else await step(records, () => this.#real.commit(records));
    this.commits.push(records);
  }

  search(search: Parameters<Storage['search']>[0]) {
    return this.#real.search(search);
  }

  close(): Promise<void> {
    return this.#real.close();
  }
}
