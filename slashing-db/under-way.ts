import type { Pubkey } from '../core/units.ts';

/** Releases under way by key, so that a deletion or a freeze can wait for the last signature to leave. */
export class UnderWay {
  readonly #byKey = new Map<Pubkey, Set<Promise<unknown>>>();

  async track<T>(pubkey: Pubkey, release: Promise<T>): Promise<T> {
    const ofKey = this.#byKey.get(pubkey) ?? new Set();
    this.#byKey.set(pubkey, ofKey.add(release));
    try {
      return await release;
    } finally {
      ofKey.delete(release);
      if (ofKey.size === 0 && this.#byKey.get(pubkey) === ofKey) this.#byKey.delete(pubkey);
    }
  }

  /** Resolves when what is under way now of these keys, or of all, has left or failed. Never rejects. */
  async settled(pubkeys: Iterable<Pubkey> = this.#byKey.keys()): Promise<void> {
    await Promise.allSettled([...pubkeys].flatMap((pubkey) => [...(this.#byKey.get(pubkey) ?? [])]));
  }
}
