/**
 * Wall time held against the monotonic clock, which nobody sets: a step of the one that the other did not make is
 * somebody's doing, a time server gone wrong or a virtual machine that was put back.
 */
export class SteadyClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #offset: number;

  /** Both in milliseconds. */
  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#offset = wall() - monotonic();
  }

  /** Milliseconds that wall time has stepped since it was last confirmed; negative for backwards. */
  get step(): number {
    return this.#wall() - this.#monotonic() - this.#offset;
  }

  /** Somebody else says that wall time is right. */
  confirm(): void {
    this.#offset = this.#wall() - this.#monotonic();
  }
}
