/**
 * How far a cache knows its file, which decides what may be done to it. Only these steps exist:
 *
 *     shut -> opening -> open -> closed
 *                     -> left -> closed
 *
 * `shut`: nobody has looked at the file. `opening`: keystores are proven and the file is unlocked; who wants to change it,
 * or to have keys out of it, waits. `open`: what it had is taken over, or it was refused, so that it may be replaced.
 * `left`: the opening was given up, so that what it has is not known and it stays.
 */
export class CacheLife {
  #step: 'shut' | 'opening' | 'open' | 'left' | 'closed' = 'shut';
  readonly #settled = Promise.withResolvers<void>();

  /** @returns whether it is the caller who has to open the file: there is one in the life of a cache */
  begin(): boolean {
    if (this.#step !== 'shut') return false;
    this.#step = 'opening';
    return true;
  }

  /** The file was taken over, or refused. */
  opened(): void {
    if (this.#step === 'opening') this.#step = 'open';
    this.#settled.resolve();
  }

  /** Who began comes no more: has no effect on a cache that is open. */
  leave(): void {
    if (this.#step === 'opening') this.#step = 'left';
    this.#settled.resolve();
  }

  close(): void {
    this.#step = 'closed';
    this.#settled.resolve();
  }

  /** Resolves when no opening is under way. It waits for nothing that who asks may hold up. */
  async settled(): Promise<void> {
    if (this.#step === 'opening') await this.#settled.promise;
  }

  /** Whether what is on the disk may be replaced by what is held here. */
  get mayWrite(): boolean {
    return this.#step === 'open';
  }
}
