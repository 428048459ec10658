/** Resolves with a word for the operator when all is well, throws when something is not; what hangs is not well either. */
export type Alive = () => Promise<string>;

interface Told {
  onAlive(status: string): Promise<void>;
  onFailure(error: Error): Promise<void>;
}

/** Asks again and again whether all is well, one question at a time: the next only after an answer to the last. */
export class Feeder {
  readonly #intervalMs: number;
  readonly #alive: Alive;
  readonly #told: Told;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(intervalMs: number, alive: Alive, told: Told) {
    this.#intervalMs = intervalMs;
    this.#alive = alive;
    this.#told = told;
  }

  start(): void {
    void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const since = performance.now();
    try {
      const status = await this.#alive();
      if (!this.#stopped) await this.#told.onAlive(status);
    } catch (error) {
      if (!this.#stopped) await this.#told.onFailure(error as Error);
    }
    if (this.#stopped) return;
    const rest = this.#intervalMs - (performance.now() - since);
    this.#timer = setTimeout(() => void this.#ask(), Math.max(0, rest));
    this.#timer.unref();
  }
}
