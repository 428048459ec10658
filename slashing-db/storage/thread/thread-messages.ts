import { isVigilError, VigilError } from '../../../core/errors.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type { OpenOptions } from '../../open-storage.ts';
import type { StoredState } from '../storage-port.ts';
import type { PackedRecords } from './packed-records.ts';

/** What passes between the guard and the thread that owns its database. One request is under way at a time. */
export type Request =
  | { readonly kind: 'commit'; readonly records: PackedRecords }
  | { readonly kind: 'close' }
  /** Several may be under way, beside the others. */
  | { readonly kind: 'search'; readonly id: number; readonly search: RecordsSearch };

export type Answer =
  | { readonly kind: 'opened'; readonly state: StoredState; readonly mark: StorageMark }
  | { readonly kind: 'done'; readonly mark: StorageMark }
  | { readonly kind: 'failed'; readonly error: SentError }
  | { readonly kind: 'found'; readonly id: number; readonly found: FoundRecords }
  | { readonly kind: 'search-failed'; readonly id: number; readonly error: SentError }
  /** At any time. */
  | { readonly kind: 'anchor-failed'; readonly path: string; readonly error: SentError };

/** What the thread is started with: all that can cross to it. */
export type ThreadData = Omit<OpenOptions, 'onAnchorFailure'>;

/** An error as it crosses between threads; its stack stays behind. */
export interface SentError {
  readonly message: string;
  /** Of an error of ours. */
  readonly ours: Pick<VigilError, 'code' | 'hint' | 'exitCode'> | null;
}

export function sendable(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  if (!isVigilError(error)) return { message, ours: null };
  return { message, ours: { code: error.code, hint: error.hint, exitCode: error.exitCode } };
}

export function received({ message, ours }: SentError): Error {
  return ours === null ? new Error(message) : new VigilError(ours.code, message, ours.hint, ours.exitCode);
}
