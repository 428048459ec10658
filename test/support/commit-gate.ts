import type { StorageRecord } from '../../slashing-db/storage/storage-port.ts';

type CommitStep = (real: () => Promise<void>) => Promise<void>;

/**
 * Where a test comes in between a guard and a commit of its real storage: it counts them, holds one back, or fails it
 * before or after it reached the disk.
 */
export class CommitGate {
  /** What was written, commit by commit. */
  readonly commits: (readonly StorageRecord[])[] = [];
  #next: CommitStep | null = null;

  /**
   * The next commit waits until `letGo` is called, or until `fail` makes it fail unwritten. `reached` resolves when
   * it has come that far.
   */
  holdNextCommit(): { reached: Promise<void>; letGo: () => void; fail: () => void } {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    this.#next = async (real) => {
      reached.resolve();
      await gate.promise;
      await real();
    };
    const fail = () => gate.reject(new Error('EIO: i/o error, fsync'));
    return { reached: reached.promise, letGo: gate.resolve, fail };
  }

  failNextCommit(written: 'written' | 'not written'): void {
    this.#next = async (real) => {
      if (written === 'written') await real();
      throw new Error('EIO: i/o error, fsync');
    };
  }

  protected async pass(real: () => Promise<void>): Promise<void> {
    const step = this.#next;
    this.#next = null;
    await (step === null ? real() : step(real));
  }
}
