import type { Pubkey, Slot } from '../../core/units.ts';
import type { StorageMark } from '../anchor/anchor-record.ts';
import type { Decision } from '../history/decision.ts';
import type { FoundRecords, RecordsSearch } from '../history/records-search.ts';
import type { KeyControl, Protection } from '../key-controls.ts';
import type { AttestationWatermark, BlockWatermark } from '../watermark.ts';
import type { StorageRecord, StoredKey, StoredState } from './storage-port.ts';

/**
 * What one key asks a batch for: to be raised to these watermarks, or to stand at exactly them already. With neither it
 * asks only that the key may sign at all.
 */
export interface KeyClaim {
  readonly pubkey: Pubkey;
  readonly block: BlockWatermark | null;
  readonly attestation: AttestationWatermark | null;
}

export interface SigningBatch {
  /** A key is in it once. */
  readonly claims: readonly KeyClaim[];
  readonly decisions: readonly Decision[];
  /** The present one. */
  readonly slot: Slot;
}

/**
 * `conflicts`: nothing at all was written. `keys` are those that stood in the way, as the database has them; `stale`:
 * acts were done elsewhere that {@link SharedStorage.refresh} brings in.
 */
export type SigningResult =
  | { readonly kind: 'committed' }
  | { readonly kind: 'conflicts'; readonly keys: readonly StoredKey[]; readonly stale: boolean };

/** What acts leave behind, as rows: they were made while the rows were locked. */
export interface ActWrites {
  /** For the anchors. */
  readonly records: readonly StorageRecord[];
  readonly keys: readonly (StoredKey & { readonly control: KeyControl })[];
  /** Null: as it was. */
  readonly protection: Protection | null;
  readonly decisions: readonly Decision[];
  /** The operator's word on the clock, or null. */
  readonly latestSlot: Slot | null;
}

/** The database cannot be reached, or what became of the last commit is not known. It may come back by itself. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/** A database that was away: as it stands, and whether the commit that was under way when it went is in it. */
export interface FoundAgain {
  readonly state: StoredState;
  readonly committed: boolean;
}

/**
 * Keys that an act locks. `all`: all of them, because it is about whatever is signed, but their rows are not needed;
 * `all and read`: they are.
 */
export type ActKeys = readonly Pubkey[] | 'all' | 'all and read';

/**
 * What the guard needs of a database that other signers use too. It knows better than any signer's memory, so it checks
 * and writes in one step; memory is what it said last.
 *
 * Every method but `load` and `mark` throws {@link DatabaseAway}, after which only `reconnect` may be called, or a
 * VigilError, after which nothing may.
 */
export interface SharedStorage {
  /** Of the whole database; that of {@link mark} is this signer's alone. */
  readonly databaseId: string;
  /** What this signer is called in it. */
  readonly signer: string;
  /** What was there when it was opened. */
  load(): StoredState;
  mark(): StorageMark;
  /** All of the batch, or nothing of it. */
  sign(batch: SigningBatch): Promise<SigningResult>;
  /** What acts elsewhere changed since the last look; null: nothing. */
  refresh(): Promise<StoredState | null>;
  /**
   * Runs acts while nobody else can change what they look at.
   * @param run gets the keys it asked for and all that acts changed elsewhere, and must not wait for anything
   */
  act(keys: ActKeys, run: (present: StoredState) => ActWrites): Promise<void>;
  /** These keys as they stand. */
  read(pubkeys: readonly Pubkey[] | 'all'): Promise<StoredState>;
  /**
   * Finds the database again and settles what became of the last commit.
   * @throws DB_ROLLED_BACK, DB_FENCED, DB_SIGNER_UNKNOWN and what else makes this database unfit for good
   */
  reconnect(): Promise<FoundAgain>;
  /** Stops all signers, because records were lost: those whose own are all there would not notice. */
  freezeAll(why: Error): Promise<Error>;
  search(search: RecordsSearch): Promise<FoundRecords>;
  close(): Promise<void>;
}
