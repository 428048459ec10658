import type { Pubkey } from '../../core/units.ts';
import type { AttestationWatermark, BlockWatermark, Watermarks } from '../watermark.ts';

/** A key as the storage keeps it. Rows are never removed; a deleted key keeps its watermarks. */
export interface StoredKey extends Watermarks {
  readonly pubkey: Pubkey;
  readonly state: StoredKeyState;
}

/** `known`: history was imported, the key itself never was. */
export type StoredKeyState = 'known' | 'active' | 'deleted';

/**
 * One write. `advance` comes from a signature and must rise in the storage as it did in memory, or the two have
 * parted; `merge` comes from an import or a floor and may find the storage there already.
 */
export type StorageRecord =
  | {
      readonly kind: 'block';
      readonly mode: WriteMode;
      readonly pubkey: Pubkey;
      readonly watermark: BlockWatermark;
    }
  | {
      readonly kind: 'attestation';
      readonly mode: WriteMode;
      readonly pubkey: Pubkey;
      readonly watermark: AttestationWatermark;
    }
  | { readonly kind: 'state'; readonly pubkey: Pubkey; readonly state: StoredKeyState };

export type WriteMode = 'advance' | 'merge';

/**
 * What the guard needs of a database. Whatever implements it makes a whole batch durable or none of it, refuses
 * to lower a watermark by itself, and refuses to commit once another process has opened the database after it.
 */
export interface Storage {
  /** Every key ever known; read once at start. */
  loadKeys(): StoredKey[];
  /** Resolves when all records are on stable storage, in order. After a rejection the storage must not be used again. */
  commit(records: readonly StorageRecord[]): Promise<void>;
  close(): Promise<void>;
}
