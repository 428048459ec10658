import type { Pubkey } from '../../../core/units.ts';

/**
 * Whether what is held here is better than a cache file that was found. Keystores or passwords that are not there may be
 * back at the next start, with their volume: the file gives their secrets again, until more would be lost without a new one.
 */
export class FileWorth {
  /** Only the file has them. */
  readonly #absent = new Set<Pubkey>();
  /** The file has them not, or not as they are now. */
  readonly #fresh = new Set<Pubkey>();
  #mustGo = false;

  /**
   * @param absent keys of the file whose keystores or passwords are not there, or cannot be read
   * @param mustGo it has a key that must not be on the disk any more
   */
  found(absent: Iterable<Pubkey>, mustGo: boolean): void {
    for (const pubkey of absent) if (!this.#fresh.has(pubkey)) this.#absent.add(pubkey);
    this.#mustGo = mustGo;
  }

  /** The key is held here now. */
  came(pubkey: Pubkey): void {
    this.#absent.delete(pubkey);
    this.#fresh.add(pubkey);
  }

  /** The key is not held here any more. */
  went(pubkey: Pubkey): void {
    this.#fresh.delete(pubkey);
  }

  /** The file was removed, or written anew. */
  replaced(): void {
    this.#absent.clear();
    this.#fresh.clear();
    this.#mustGo = false;
  }

  /** Whether the file has keys that are not held here, and are wanted. */
  get hasMore(): boolean {
    return this.#absent.size > 0;
  }

  /** Whether what is held here, be it nothing, is to take its place. */
  get isLess(): boolean {
    return this.#mustGo || !this.hasMore || this.#fresh.size > this.#absent.size;
  }
}
