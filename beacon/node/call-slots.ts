/** At most so many calls at a time to one node; the others wait, in the order they came. */
export class CallSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = this.#waiting.shift();
      // A slot that is handed on was never free, so nobody can step in between.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
