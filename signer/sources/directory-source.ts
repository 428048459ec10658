import type { Pubkey } from '../../core/units.ts';
import { isVigilError } from '../../core/errors.ts';
import { keyError } from '../key-errors.ts';
import type { SealedCache } from '../keystore/cache/sealed-cache.ts';
import { parseKeystoreBytes, pubkeyNamedBy } from '../keystore/eip2335.ts';
import { openStored, type StoredKeystore } from '../keystore/open-stored.ts';
import { readBoundedFile } from '../keystore/read-bounded-file.ts';
import { readLaidOut, readLaidOutNow, type LaidOut, type ListKeystores } from './layouts/layout.ts';
import { inTurns } from './in-turns.ts';
import type { KeySource, SourceKey } from './key-source.ts';
import { ShutKeystores } from './shut-keystores.ts';

/** Keystores as another tool keeps them, each opened once as long as there is a cache. */
export function directorySource(name: string, list: ListKeystores, cache: SealedCache | null): KeySource {
  const shut = new ShutKeystores();
  return {
    name,
    async *load({ has, signal, onNamed, onProgress = () => undefined }) {
      const stored = new Map<Pubkey, StoredKeystore>();
      const others: StoredKeystore[] = [];
      for await (const one of inTurns(await list(has))) {
        const named = await nameOf(one);
        if ('error' in named) yield named;
        else if (has(named.pubkey)) continue;
        else if (stored.has(named.pubkey)) others.push(toStored(named.pubkey, one, shut));
        else stored.set(named.pubkey, toStored(named.pubkey, one, shut));
      }
      const wanting = new Map<Pubkey, SourceKey>();
      const twice = new Set(others.map(({ pubkey }) => pubkey));
      onNamed?.(stored.keys());
      onProgress(0, stored.size, 0);
      for await (const key of openStored([...stored.values()], cache, {
        ...{ signal, onProgress },
        // Deleted here, or had from another place.
        unwanted: has,
      })) {
        const label = stored.get(key.pubkey)?.path ?? key.pubkey;
        if ('error' in key) {
          shut.remember(label, key.error);
          if (twice.has(key.pubkey)) {
            wanting.set(key.pubkey, { ...key, label });
            continue;
          }
        }
        yield { ...key, label };
      }
      // Any keystore of a key is as good as the first, if that does not open.
      for (const other of others) {
        if (!wanting.has(other.pubkey)) continue;
        for await (const key of openStored([other], cache, { signal })) {
          if ('error' in key) {
            shut.remember(other.path, key.error);
            continue;
          }
          wanting.delete(key.pubkey);
          yield { ...key, label: other.path };
        }
      }
      yield* wanting.values();
    },
    forget: async (pubkey) => cache?.forget(pubkey),
    close: async () => cache?.close(),
  };
}

const toStored = (pubkey: Pubkey, one: LaidOut, shut: ShutKeystores): StoredKeystore => ({
  pubkey,
  path: one.keystorePath,
  read: async () => {
    await shut.assertChanged(one);
    return readLaidOut(one);
  },
  readNow: () => readLaidOutNow(one),
});

/** The public key by the layout or by the keystore's own word; the secret is held against it when it is opened. */
async function nameOf({ pubkey, keystorePath }: LaidOut): Promise<{ pubkey: Pubkey } | SourceKey> {
  try {
    if (pubkey !== null) return { pubkey };
    const named = pubkeyNamedBy(parseKeystoreBytes(await readBoundedFile(keystorePath), keystorePath));
    if (named !== null) return { pubkey: named };
    throw keyError('KEYSTORE_INVALID', `${keystorePath} does not name its public key`);
  } catch (error) {
    const typed = isVigilError(error) ? error : keyError('KEY_LOAD_FAILED', undefined, error);
    return { label: keystorePath, error: typed };
  }
}
