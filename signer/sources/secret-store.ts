import { isVigilError, type VigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { inParallel } from '../keystore/load-in-parallel.ts';
import type { KeySource, SourceKey } from './key-source.ts';
import { parseRawKeys } from './raw-keys.ts';
import { sourceError } from './source-errors.ts';

/**
 * The one small port behind which every vault and secret manager is. Both throw errors of `source-errors.ts`; whatever
 * else they throw counts as unreachable.
 */
export interface SecretStore {
  readonly name: string;
  /** The names of all secrets that are keys. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** The value of one: a bare secret key, or one a line. */
  read(name: string, signal: AbortSignal): Promise<string>;
}

/** Secrets that are asked for at once: enough to hide the way there, few enough for a rate limit. */
const AT_ONCE = 16;

/** The keys of a store. One secret that cannot be had, or is none, keeps no other back. */
export function secretStoreSource(store: SecretStore): KeySource {
  /** What each name gave: a name whose keys are all here is not asked for again. */
  const given = new Map<string, readonly Pubkey[]>();
  return {
    name: store.name,
    async *load({ has, signal, onProgress = () => undefined }) {
      const names = await store.list(signal).catch((error: unknown) => {
        throw typed(error, store.name);
      });
      const wanted = [...new Set(names)].filter((name) => {
        const pubkeys = given.get(name);
        return pubkeys === undefined || !pubkeys.every(has);
      });
      const read = async (name: string): Promise<{ name: string; keys: SourceKey[] }> => {
        const label = `${store.name}/${name}`;
        try {
          const keys: SourceKey[] = [];
          for await (const key of parseRawKeys(await store.read(name, signal), label)) keys.push(key);
          return { name, keys };
        } catch (error) {
          return { name, keys: [{ label, error: typed(error, label) }] };
        }
      };
      let done = 0;
      onProgress(0, wanted.length, 0);
      for await (const { name, keys } of inParallel(untilAborted(wanted, signal), AT_ONCE, read)) {
        done += 1;
        onProgress(done, wanted.length, done);
        if (!keys.some((key) => 'error' in key)) {
          given.set(
            name,
            keys.flatMap((key) => ('error' in key ? [] : [key.pubkey])),
          );
        }
        for (const key of keys) if ('error' in key || !has(key.pubkey)) yield key;
      }
    },
  };
}

function* untilAborted<Item>(items: Iterable<Item>, signal: AbortSignal): Generator<Item> {
  for (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

/** The message of a stranger's error may hold anything, so it is not passed on; the cause is for the debugger. */
function typed(error: unknown, label: string): VigilError {
  if (isVigilError(error)) return error;
  return sourceError('KEY_SOURCE_UNREACHABLE', `${label} could not be read`, error);
}
