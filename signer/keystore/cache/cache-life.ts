/**
 * How far a cache knows its file, which decides what may be done to it. Only these steps exist:
 *
 *     shut -> opening -> (recovering ->) open -> closed
 *
 * `shut`: nobody has looked at the file. `opening`: keystores are proven and the file is unlocked; who wants to change it,
 * or to have keys out of it, waits. `recovering`: a password is missing, and spare parts are read instead; until the last
 * one is, cache and parts have more than is held here, and stay. `open`: what the file had is taken over, or of no use.
 * Who is cut short while opening or recovering leaves it `left`: nothing is written any more, unless the file goes.
 */
export class CacheLife {
  #step: 'shut' | 'opening' | 'recovering' | 'open' | 'left' | 'closed' = 'shut';
  readonly #settled = Promise.withResolvers<void>();

  /** @returns whether it is the caller who has to open the file: there is one in the life of a cache */
  begin(): boolean {
    if (this.#step !== 'shut') return false;
    this.#step = 'opening';
    return true;
  }

  recover(): void {
    if (this.#step === 'opening') this.#step = 'recovering';
    this.#settled.resolve();
  }

  /** The file has nothing more than what is held here; also when it was removed. */
  open(): void {
    if (this.#step !== 'shut' && this.#step !== 'closed') this.#step = 'open';
    this.#settled.resolve();
  }

  /** Who began comes no more: has no effect on a cache that is open. */
  leave(): void {
    if (this.#step === 'opening' || this.#step === 'recovering') this.#step = 'left';
    this.#settled.resolve();
  }

  close(): void {
    this.#step = 'closed';
    this.#settled.resolve();
  }

  /** Resolves when no file is being unlocked any more. It waits for nothing that who asks may hold up. */
  async settled(): Promise<void> {
    if (this.#step === 'opening') await this.#settled.promise;
  }

  /** Whether what is on the disk may be replaced by what is held here. */
  get mayWrite(): boolean {
    return this.#step === 'open';
  }
}
