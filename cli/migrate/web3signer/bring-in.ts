import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import type { OpenedKeystore } from '../../../signer/keys/open-keystore.ts';
import type { Destination } from './destination.ts';
import type { OpenedSource } from './open-keys.ts';

export type KeyStatus =
  | 'imported'
  | 'would-import'
  | 'already-here'
  /** Another file of the same set-up holds the same key; that one was taken. */
  | 'duplicate'
  /** Seen, and not opened, because the command stopped before. */
  | 'found'
  | 'failed'
  | 'skipped'
  | 'by-hand';

export interface KeyResult {
  readonly label: string;
  readonly pubkey: Pubkey | null;
  readonly status: KeyStatus;
  readonly message: string;
}

/**
 * Brings keys in as they are opened, so that a move which is cut short has done what it did; the first of several with one
 * key wins, as in Web3Signer. Where every key failed, something is wrong that is mended before any history is merged.
 */
export async function bringInAll(
  opened: AsyncIterable<OpenedSource>,
  destination: Destination,
  onProgress: (done: number) => void,
): Promise<KeyResult[]> {
  const first = new Map<Pubkey, string>();
  const results: KeyResult[] = [];
  for await (const one of opened) {
    results.push(await settle(one, first, destination));
    onProgress(results.length);
  }
  return results;
}

async function settle(
  one: OpenedSource,
  first: Map<Pubkey, string>,
  destination: Destination,
): Promise<KeyResult> {
  const { label } = one;
  if (one.kind === 'failed') return { label, pubkey: null, status: 'failed', message: one.message };
  const pubkey = one.kind === 'here' ? one.pubkey : one.key.pubkey;
  const taken = first.get(pubkey);
  if (taken !== undefined) return { label, pubkey, status: 'duplicate', message: `the same key as ${taken}` };
  first.set(pubkey, label);
  await destination.mergeHistory();
  if (destination.isDeleted(pubkey)) return { label, pubkey, status: 'failed', message: WAS_DELETED };
  if (one.kind === 'here') return { label, pubkey, status: 'already-here', message: 'not opened again' };
  return bringInOne(label, one.key, destination);
}

const WAS_DELETED =
  'KEY_DELETED: it was deleted from this signer; bring it back on purpose, with vigil keys import, or not at all';

async function bringInOne(label: string, key: OpenedKeystore, destination: Destination): Promise<KeyResult> {
  const { pubkey } = key;
  try {
    return { label, pubkey, status: await destination.bringIn(key), message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { label, pubkey, status: 'failed', message: `${error.code}: ${error.message}` };
  }
}
