import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What this machine can sign with `@chainsafe/blst` and nothing else, one thread per core. */
export class RawSigners {
  readonly #threads = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('./raw-thread.ts', import.meta.url)),
  );

  get threads(): number {
    return this.#threads.length;
  }

  /** Signatures per second, measured for so long. */
  async measure(milliseconds: number): Promise<number> {
    const results = await Promise.all(
      this.#threads.map(async (thread) => {
        thread.postMessage(milliseconds);
        const [result] = (await once(thread, 'message')) as [{ signed: number; milliseconds: number }];
        return (result.signed / result.milliseconds) * 1000;
      }),
    );
    return results.reduce((sum, perSecond) => sum + perSecond, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
