import { isVigilError } from '../../../core/errors.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import type { KeyManager } from '../../keys/key-manager.ts';
import { openKeystore, type OpenedKeystore } from '../../keys/open-keystore.ts';
import { parseKeystore } from '../../keystore/eip2335.ts';
import { defaultConcurrency, inParallel } from '../../keystore/load-in-parallel.ts';
import { httpError } from '../http-errors.ts';
import { failureOf, type ItemStatus } from './item-status.ts';

export interface ImportRequest {
  /** JSON texts, as many as there are passwords. */
  readonly keystores: readonly string[];
  readonly passwords: readonly string[];
  /** An EIP-3076 document; absent, null and empty mean none. */
  readonly slashing_protection?: string | null | undefined;
}

/**
 * In this order: the keystores are opened, which proves them; their history becomes durable; the keys become active.
 * A key without the history that was sent with it does not come in.
 * @param by who asks, for the history
 * @throws MALFORMED_REQUEST for a history that comes alone and cannot be imported
 */
export async function importKeystores(
  body: ImportRequest,
  { guard, keyManager }: { readonly guard: Guard; readonly keyManager: KeyManager },
  by: string,
): Promise<ItemStatus[]> {
  const opened = await openAll(body);
  const protection = body.slashing_protection ?? '';
  const merge = () => guard.importInterchange(oneChunk(Buffer.from(protection, 'utf8')), { by });
  if (protection !== '' && opened.some((one) => typeof one !== 'string')) {
    const failure = await failureOf(merge);
    if (failure !== null) {
      const message = `slashing protection was not imported, so neither was the key: ${failure}`;
      return opened.map((one) => ({ status: 'error', message: typeof one === 'string' ? one : message }));
    }
  }
  if (protection !== '' && opened.length === 0) await mergeAlone(merge);
  const items: ItemStatus[] = [];
  for (const one of opened) {
    items.push(
      typeof one === 'string' ? { status: 'error', message: one } : await activate(one, keyManager, by),
    );
  }
  return items;
}

/** Without a keystore there is no item to tell the failure with. */
async function mergeAlone(merge: () => Promise<unknown>): Promise<void> {
  try {
    await merge();
  } catch (error) {
    if (!isVigilError(error) || !error.code.startsWith('INTERCHANGE_')) throw error;
    throw httpError('MALFORMED_REQUEST', `slashing_protection was not imported: ${error.message}`, error);
  }
}

/** Each keystore opened, or what is wrong with it, in the order of the request. */
async function openAll({ keystores, passwords }: ImportRequest): Promise<(OpenedKeystore | string)[]> {
  const opened: (OpenedKeystore | string)[] = [];
  const open = async (index: number): Promise<void> => {
    const failure = await failureOf(async () => {
      const keystore = parseKeystore(keystores[index] ?? '', `keystores[${index}]`);
      opened[index] = await openKeystore(keystore, passwords[index] ?? '');
    });
    if (failure !== null) opened[index] = failure;
  };
  const all = inParallel(keystores.keys(), defaultConcurrency(), open);
  while ((await all.next()).done !== true);
  return opened;
}

async function activate(key: OpenedKeystore, keyManager: KeyManager, by: string): Promise<ItemStatus> {
  let status = '';
  const failure = await failureOf(async () => {
    status = await keyManager.activate(key, by);
  });
  return failure === null ? { status, message: '' } : { status: 'error', message: failure };
}

async function* oneChunk(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield chunk;
}
