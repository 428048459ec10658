import type { Root } from '../../core/units.ts';
import type { Testimony } from './block-witnesses.ts';

/** Blocks that are asked about at the same time. */
const PARALLEL = 4;
/** Before the same block is asked about again. */
const AGAIN_MS = 5000n;

interface Word {
  readonly testimony: Testimony;
  readonly atMs: bigint;
}

export interface WitnessDeskModules {
  readonly ask: (blockRoot: Root) => Promise<Testimony>;
  /** There is an answer that was not there before. */
  readonly onAnswer: () => void;
  readonly nowMs: () => bigint;
}

/**
 * Asks what the beacon nodes say of blocks, beside everything else: whoever wants to know is told what they said last,
 * and never waits. One question per block, however many votes it has.
 */
export class WitnessDesk {
  readonly #modules: WitnessDeskModules;
  readonly #words = new Map<Root, Word>();
  readonly #asking = new Map<Root, Promise<void>>();

  constructor(modules: WitnessDeskModules) {
    this.#modules = modules;
  }

  /** What was last said of a block, null before the first answer; asks for it, unless that was done just now. */
  of(root: Root): Testimony | null {
    const { nowMs } = this.#modules;
    const word = this.#words.get(root);
    const due = word === undefined || (word.testimony !== 'enough' && nowMs() - word.atMs >= AGAIN_MS);
    if (due && !this.#asking.has(root) && this.#asking.size < PARALLEL) {
      this.#asking.set(root, this.#ask(root));
    }
    return word?.testimony ?? null;
  }

  /** What was said of other blocks is of no interest any more. */
  keep(roots: ReadonlySet<Root>): void {
    for (const root of this.#words.keys()) if (!roots.has(root)) this.#words.delete(root);
  }

  /** Settles when no question is under way; never fails. */
  async idle(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking.values());
  }

  async #ask(root: Root): Promise<void> {
    const { ask, onAnswer, nowMs } = this.#modules;
    // Whoever cannot be asked has not contradicted.
    const testimony = await ask(root).catch((): Testimony => 'silent');
    this.#words.set(root, { testimony, atMs: nowMs() });
    this.#asking.delete(root);
    onAnswer();
  }
}
