import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import type { KeyManager } from '../../signer/keys/key-manager.ts';
import { openKeystore, type OpenedKeystore } from '../../signer/keys/open-keystore.ts';
import { parseKeystoreBytes, pubkeyNamedBy } from '../../signer/keystore/eip2335.ts';
import { defaultConcurrency, inParallel } from '../../signer/keystore/load-in-parallel.ts';
import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';
import { startProgress } from '../output/progress.ts';

export interface ImportedFile {
  readonly file: string;
  readonly pubkey: Pubkey | null;
  readonly status: 'imported' | 'duplicate' | 'error';
  readonly message: string;
}

interface Modules {
  readonly keyManager: KeyManager;
  /** Runs once, and is durable before the first key becomes active; not at all when nothing opens. */
  readonly mergeHistory: () => Promise<void>;
  /** Who asked for it, for the history. */
  readonly by: string;
  /** Once it is aborted no further keystore is opened; those under way are still brought in. */
  readonly signal: AbortSignal;
}

/**
 * Brings each keystore in as soon as it is open, so that an import of many that is cut short has done what it did. A key
 * that is in already is passed over by its name without the second that opening it takes.
 * @returns what became of the files that were looked at, in their order
 * @throws INTERCHANGE_* when the history cannot be merged: then no key was brought in
 */
export async function importKeystores(
  files: readonly string[],
  password: string,
  { keyManager, mergeHistory, by, signal }: Modules,
): Promise<ImportedFile[]> {
  const progress = startProgress('importing keystores', files.length);
  const results = new Map<string, ImportedFile>();
  let merged = false;
  try {
    const opening = inParallel(untilAborted(files, signal), defaultConcurrency(), (file) =>
      openOne(file, password, keyManager),
    );
    for await (const found of opening) {
      if (!merged && found.kind !== 'failed') {
        await mergeHistory();
        merged = true;
      }
      results.set(found.file, await settle(found, keyManager, by));
      progress.update(results.size);
    }
  } finally {
    progress.stop();
  }
  return files.flatMap((file) => results.get(file) ?? []);
}

type Found = { readonly file: string } & (
  | { readonly kind: 'opened'; readonly key: OpenedKeystore }
  | { readonly kind: 'known'; readonly pubkey: Pubkey }
  | { readonly kind: 'failed'; readonly error: Error }
);

/** Never rejects. */
async function openOne(file: string, password: string, keyManager: KeyManager): Promise<Found> {
  try {
    const keystore = parseKeystoreBytes(await readBoundedFile(file), file);
    const named = pubkeyNamedBy(keystore);
    if (named !== null && (await keyManager.isImported(named))) return { file, kind: 'known', pubkey: named };
    return { file, kind: 'opened', key: await openKeystore(keystore, password) };
  } catch (error) {
    return { file, kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** @throws whatever is not about this one keystore */
async function settle(found: Found, keyManager: KeyManager, by: string): Promise<ImportedFile> {
  const { file } = found;
  if (found.kind === 'failed') return failure(file, null, found.error);
  if (found.kind === 'known')
    return { file, pubkey: found.pubkey, status: 'duplicate', message: 'imported before; not opened' };
  const { pubkey } = found.key;
  try {
    return { file, pubkey, status: await keyManager.activate(found.key, by), message: '' };
  } catch (error) {
    return failure(file, pubkey, error);
  }
}

function failure(file: string, pubkey: Pubkey | null, error: unknown): ImportedFile {
  if (!isVigilError(error)) throw error;
  return { file, pubkey, status: 'error', message: `${error.code}: ${error.message}` };
}

function* untilAborted(files: readonly string[], signal: AbortSignal): Generator<string> {
  for (const file of files) {
    if (signal.aborted) return;
    yield file;
  }
}
