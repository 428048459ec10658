import type { Pubkey } from '../core/units.ts';

interface OfKey {
  count: number;
  /** Resolve when the count is back at zero. */
  readonly waiting: (() => void)[];
}

/** Releases under way by key, so that a deletion or a freeze can wait for the last signature to leave. */
export class UnderWay {
  readonly #byKey = new Map<Pubkey, OfKey>();

  enter(pubkey: Pubkey): void {
    const ofKey = this.#byKey.get(pubkey);
    if (ofKey === undefined) this.#byKey.set(pubkey, { count: 1, waiting: [] });
    else ofKey.count += 1;
  }

  leave(pubkey: Pubkey): void {
    const ofKey = this.#byKey.get(pubkey);
    if (ofKey === undefined) return;
    ofKey.count -= 1;
    if (ofKey.count > 0) return;
    this.#byKey.delete(pubkey);
    for (const resolve of ofKey.waiting) resolve();
  }

  /** Resolves when none of these keys, or of all, has anything under way that had when it was asked. */
  async settled(pubkeys: Iterable<Pubkey> = this.#byKey.keys()): Promise<void> {
    const found = [...pubkeys].flatMap((pubkey) => this.#byKey.get(pubkey) ?? []);
    await Promise.all(found.map(({ waiting }) => new Promise<void>((resolve) => waiting.push(resolve))));
  }
}
