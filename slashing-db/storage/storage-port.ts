import type { Epoch, Pubkey, Slot } from '../../core/units.ts';
import type { StorageMark } from '../anchor/anchor-record.ts';
import type { Decision } from '../history/decision.ts';
import type { FoundRecords, RecordsSearch } from '../history/records-search.ts';
import type { KeyControl, Protection } from '../key-controls.ts';
import type { AttestationWatermark, BlockWatermark, Watermarks } from '../watermark.ts';

/** A key as the storage keeps it. Rows are never removed; a deleted key keeps its watermarks. */
export interface StoredKey extends Watermarks {
  readonly pubkey: Pubkey;
  readonly state: StoredKeyState;
  /** The highest target that this database itself let out; null if it never did, whatever was imported. */
  readonly signedTarget: Epoch | null;
}

/** All that is kept but the history; read once at start. */
export interface StoredState {
  readonly keys: readonly StoredKey[];
  readonly controls: ReadonlyMap<Pubkey, KeyControl>;
  readonly protection: Protection;
  /** The latest slot that this database was used in. */
  readonly latestSlot: Slot;
  /** The same of each signer, by its name, where several use it. */
  readonly latestSlots?: ReadonlyMap<string, Slot>;
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
  | { readonly kind: 'state'; readonly pubkey: Pubkey; readonly state: StoredKeyState }
  | { readonly kind: 'control'; readonly pubkey: Pubkey; readonly control: KeyControl }
  | { readonly kind: 'protection'; readonly protection: Protection }
  | { readonly kind: 'latest-slot'; readonly slot: Slot }
  | { readonly kind: 'decision'; readonly decision: Decision };

export type WriteMode = 'advance' | 'merge';

/**
 * What the guard needs of a database. Whatever implements it makes a whole batch durable or none of it, refuses
 * to lower a watermark by itself, and refuses to commit once another process has opened the database after it.
 */
export interface Storage {
  load(): StoredState;
  /** How far the storage has come with its last commit. */
  mark(): StorageMark;
  /** Resolves when all records are on stable storage, in order. After a rejection the storage must not be used again. */
  commit(records: readonly StorageRecord[]): Promise<void>;
  /** Looks through the history while commits go on. For who wants to know, never for permission. */
  search(search: RecordsSearch): Promise<FoundRecords>;
  close(): Promise<void>;
}
