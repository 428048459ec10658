import { defaultConcurrency } from './load-in-parallel.ts';

/** What one place stands for: the table of scrypt with the parameters of EIP-2335. */
const BYTES_PER_PLACE = 256 * 1024 * 1024;

interface Waiting {
  readonly places: number;
  readonly enter: () => void;
}

/**
 * The one limit on derivations of the whole process. Data directory, key sources, imports and key caches each open as many
 * keystores at once as they think fit; all of them come through here, first come, first served, so that together they take
 * no more cores and memory than one of them would.
 */
export class DerivationRoom {
  readonly #measure: () => number;
  readonly #waiting: Waiting[] = [];
  #limit = 0;
  #taken = 0;

  /** @param measure how many places there are, asked while none is taken: free memory counts what others have not yet touched */
  constructor(measure: () => number = defaultConcurrency) {
    this.#measure = measure;
  }

  /** How many wait to be let in. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Runs `work` once there is room. One that wants more than there is runs alone.
   * @param bytes what it allocates
   */
  async take<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    const places = Math.max(1, Math.round(bytes / BYTES_PER_PLACE));
    await new Promise<void>((enter) => {
      this.#waiting.push({ places, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#taken -= places;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      if (this.#taken === 0) this.#limit = this.#measure();
      // Never past the first in line, or a large one would wait for ever.
      if (this.#taken > 0 && this.#taken + next.places > this.#limit) return;
      this.#waiting.shift();
      this.#taken += next.places;
      next.enter();
    }
  }
}

export const derivationRoom = new DerivationRoom();
