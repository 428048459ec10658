import type { Pubkey } from '../core/units.ts';

interface OfKey {
  count: number;
  /** Resolve when the count is back at zero. */
  waiting: (() => void)[];
}

/**
 * Releases under way by key, so that a deletion or a freeze can wait for the last signature to leave. A key stays once it
 * was here: a map that keys enter and leave with every signature makes a new table for every few of them.
 */
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
    if (ofKey.count > 0 || ofKey.waiting.length === 0) return;
    const { waiting } = ofKey;
    ofKey.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when none of these keys, or of all, has anything under way that had when it was asked. */
  async settled(pubkeys: Iterable<Pubkey> = this.#byKey.keys()): Promise<void> {
    const known = [...pubkeys].flatMap((pubkey) => this.#byKey.get(pubkey) ?? []);
    const found = known.filter(({ count }) => count > 0);
    await Promise.all(found.map(({ waiting }) => new Promise<void>((resolve) => waiting.push(resolve))));
  }
}
