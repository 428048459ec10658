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

/** Brings opened keys in, one after the other; the first of several with one key wins, as in Web3Signer. */
export async function bringInAll(
  opened: readonly OpenedSource[],
  destination: Destination,
  onProgress: (done: number) => void,
): Promise<KeyResult[]> {
  const first = new Map<Pubkey, string>();
  const results: KeyResult[] = [];
  for (const { label, key, message } of opened) {
    const taken = key === null ? undefined : first.get(key.pubkey);
    if (key === null) results.push({ label, pubkey: null, status: 'failed', message });
    else if (taken !== undefined) {
      results.push({ label, pubkey: key.pubkey, status: 'duplicate', message: `the same key as ${taken}` });
    } else {
      first.set(key.pubkey, label);
      results.push(await bringInOne(label, key, destination));
    }
    onProgress(results.length);
  }
  return results;
}

const WAS_DELETED =
  'KEY_DELETED: it was deleted from this signer; bring it back on purpose, with vigil keys import, or not at all';

async function bringInOne(label: string, key: OpenedKeystore, destination: Destination): Promise<KeyResult> {
  const { pubkey } = key;
  if (destination.isDeleted(pubkey)) return { label, pubkey, status: 'failed', message: WAS_DELETED };
  try {
    return { label, pubkey, status: await destination.bringIn(key), message: '' };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return { label, pubkey, status: 'failed', message: `${error.code}: ${error.message}` };
  }
}
