import { isVigilError, type VigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import type { SourceKey, SourceLoad } from './key-source.ts';
import { settledState } from './settled-state.ts';
import { isLasting } from './shut-keystores.ts';

/** What files gave the last time, without any secret. */
interface Given {
  readonly state: string;
  readonly pubkeys: readonly Pubkey[];
  readonly failed: readonly SourceKey[];
  /** Why they gave nothing at all. */
  readonly error: VigilError | null;
}

/** Files of many keys that only tell which keys they have when all secrets in them are opened: not worth it twice. */
export class RememberedFiles {
  #given: Given | null = null;

  /**
   * As a source loads. The files are left alone while they are as they were and all of their keys are here.
   * @param read what opens them
   */
  async *load(
    files: readonly string[],
    { has, signal }: SourceLoad,
    read: () => AsyncIterable<SourceKey>,
  ): AsyncGenerator<SourceKey, void, undefined> {
    const state = await settledState(files);
    const given = this.#given;
    if (given !== null && given.state === state && given.pubkeys.every(has)) {
      if (given.error !== null) throw given.error;
      yield* given.failed;
      return;
    }
    this.#given = null;
    const pubkeys: Pubkey[] = [];
    const failed: SourceKey[] = [];
    try {
      for await (const key of read()) {
        if (signal.aborted) return;
        if ('error' in key) failed.push(key);
        else pubkeys.push(key.pubkey);
        if ('error' in key || !has(key.pubkey)) yield key;
      }
    } catch (error) {
      if (state !== null && isVigilError(error) && isLasting(error))
        this.#given = { state, pubkeys: [], failed: [], error };
      throw error;
    }
    if (state !== null) this.#given = { state, pubkeys, failed, error: null };
  }
}
