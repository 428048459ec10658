import type { Epoch, Pubkey, Root } from '../core/units.ts';
import type { Floor } from './boot-floor.ts';
import type { HandoverReceipt } from './handover/receipt.ts';
import type { Asked } from './history/decision.ts';
import type { SeenReport, SeenMessage } from './history/look-up.ts';
import type { KeyControl, Protection } from './key-controls.ts';
import type { GuardedMessage } from './message.ts';
import type { Refusal } from './refusals.ts';
import type { StoredState } from './storage/storage-port.ts';
import type { Watermarks } from './watermark.ts';

/** What happens to a key of which the database knows nothing when it is admitted. */
export type OnMissingHistory = 'floor' | 'refuse' | 'trust';

export type Outcome<S> = { readonly kind: 'released'; readonly signature: S } | Refusal;

/** `unknown`: nothing about this key is in the database. `deleted`: a durable tombstone, it never signs. */
export type KeyState = 'active' | 'deleted' | 'unknown';

export interface KeyStatus extends Watermarks, KeyControl {
  readonly pubkey: Pubkey;
  readonly state: KeyState;
  /** The highest target that this database itself let out; null if it never did, whatever was imported. */
  readonly signedTarget: Epoch | null;
}

/** Who acts and why, for the history. */
export interface Act {
  readonly by: string;
  readonly reason: string;
}

/** Acts on a key that leave the database as it is, and belong into its history. */
export type RecordedChange = 'set-fee-recipient' | 'set-gas-limit';

/** The acts on keys, each durable and on record when it resolves. Implemented by `operator-acts.ts`. */
export interface OperatorDoor {
  /** Stops keys, or all of them, until they are unfrozen; resolves when the last signature under way has left. */
  freeze(pubkeys: readonly Pubkey[] | 'all', act: Act): Promise<void>;
  /** @throws KEY_NOT_KNOWN */
  unfreeze(pubkeys: readonly Pubkey[] | 'all', act: Act): Promise<void>;
  /**
   * Gives keys to another signer: from now on only messages before `outEpoch` are signed here, for ever.
   * @throws KEY_NOT_KNOWN, HANDOVER_REFUSED; then nothing was changed
   */
  handOver(pubkeys: readonly Pubkey[], outEpoch: Epoch, act: Act): Promise<HandoverReceipt>;
  /** @throws RECEIPT_REFUSED; then nothing was changed */
  takeOver(receipt: HandoverReceipt, act: Act): Promise<void>;
  /**
   * Lets one key vote with a source below the boot floor, on the operator's word that it never voted with a later one.
   * @throws KEY_NOT_KNOWN
   */
  overrideFloor(pubkey: Pubkey, source: Epoch, act: Act): Promise<void>;
  /**
   * Goes on with a database that may lack records: above the boot floor of now and above `remembered`. While the clock
   * is in doubt only the latter is put down, and the boot floor stays owed.
   * @param lostActs freezes all keys too, because acts of an operator are among what is lost
   */
  acceptHistory(remembered: Floor, act: Act, lostActs: boolean): Promise<AcceptedHistory>;
  /** Puts an act on record that is done elsewhere. */
  record(type: RecordedChange, pubkey: Pubkey, act: Act): Promise<void>;
  /** Takes the present clock for right although a later slot has been seen. */
  acceptClock(act: Act): Promise<void>;
}

export interface AcceptedHistory {
  readonly floor: Floor;
  /** Why the boot floor is still to come, or null. */
  readonly owed: string | null;
  /** All keys are frozen until the operator has done the lost acts again. */
  readonly frozen: boolean;
}

export interface ImportReport {
  readonly keys: number;
  readonly blocks: number;
  readonly attestations: number;
  /** Keys whose watermark rose. */
  readonly raised: number;
  /** Entries that no honest history contains (source after target, two roots for one slot or target). */
  readonly suspicious: number;
}

export interface ImportOptions {
  /** Who imports, for the history. Default: Vigil itself. */
  readonly by?: string;
  /** Accept watermarks beyond the clock, which silence the key until that time. Default false. */
  readonly forceFuture?: boolean;
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: (bytesRead: number) => void;
}

/**
 * The one door to the slashing database: signatures leave through `release` and no other way.
 * Implemented by `openGuard` in `slashing-db/index.ts`.
 */
export interface Guard {
  readonly genesisValidatorsRoot: Root;

  /**
   * Lets one signature out if that is safe: checks the message, records it durably, and only then resolves.
   * `sign` is called only for a message that passed the check; what it makes is dropped unless the record is durable.
   * @param asked who asks, for the history
   * @throws what `sign` throws; the record stays
   */
  release<S>(
    pubkey: Pubkey,
    message: GuardedMessage,
    sign: () => Promise<S>,
    asked?: Asked,
  ): Promise<Outcome<S>>;

  /**
   * Puts a refusal on record that was decided before the guard was asked, by access control or policy. Nobody waits for
   * it: it becomes durable with what comes next.
   * @param message null when it could not be read far enough to be known
   * @param reason the code of the refusal
   */
  recordRefusal(pubkey: Pubkey, message: GuardedMessage | null, asked: Asked, reason: string): void;

  /**
   * Resolves when an empty batch has gone the way of every record: fence, disk, anchor. Nothing is recorded; for who
   * wants to know whether signatures could leave now.
   * @returns null, or the refusal that every request gets
   */
  probe(): Promise<Refusal | null>;

  /**
   * Lets a key sign, durably. A key without history is treated as `--on-missing-history` says; one that comes back
   * after a deletion starts at the floor unless that says `trust`.
   * @param readmit true for an explicit import by the operator, which lifts a tombstone; false at start
   * @param by who brings the key in, for the history; default: Vigil itself
   * @throws DB_CLOCK_UNTRUSTED for a deleted key while the clock is in doubt
   * @returns `deleted` when a tombstone stands and `readmit` is false, else `active`
   */
  admitKey(pubkey: Pubkey, readmit: boolean, by?: string): Promise<KeyState>;

  /**
   * Stops keys for ever, durably, known here or not, after everything they had in flight is durable too.
   * @param by who deletes them, for the history; default: Vigil itself
   */
  deleteKeys(pubkeys: readonly Pubkey[], by?: string): Promise<void>;

  /**
   * Merges an EIP-3076 interchange file: all of it or nothing, in any order with others, never lowering anything.
   * @throws INTERCHANGE_* with the JSON path of the offence; then nothing was written
   */
  importInterchange(source: AsyncIterable<Uint8Array>, options?: ImportOptions): Promise<ImportReport>;

  /**
   * The EIP-3076 interchange document as text chunks; of all keys ever known, or of the given ones.
   * @throws DB_FLOOR_OWED while the boot floor, which belongs into it, cannot be put down
   */
  exportInterchange(pubkeys?: readonly Pubkey[]): Iterable<string>;

  /**
   * Whether messages that were seen somewhere were let out here, by the history and the watermarks. For who watches
   * keys: permission to sign never asks here.
   * @throws when the database cannot be read
   */
  lookUp(messages: readonly SeenMessage[]): Promise<SeenReport>;

  /** Takes over what another database knows of its keys, of each the stricter. @param from where it is, for the history */
  mergeState(state: StoredState, by: string, from: string): Promise<void>;

  /**
   * Brings in what other signers on the same database have signed and done with these keys: what {@link statusOf} says
   * may be old. For who accuses by it, or explains; permission to sign never asks here.
   * @throws DB_UNREACHABLE; then what is known stays as old as it was
   */
  refresh(pubkeys: readonly Pubkey[]): Promise<void>;

  statusOf(pubkey: Pubkey): KeyStatus;
  listKeys(): KeyStatus[];
  /** What lies on all keys. */
  readonly protection: Protection;
  readonly operator: OperatorDoor;

  /** Why nothing slashable is signed because of the clock, or null. */
  readonly clockDoubt: string | null;
  /** Null while the guard can record; the refusal every request gets otherwise. */
  readonly unavailable: Refusal | null;
  /** Resolves when the guard poisoned itself after a failed commit: the process must exit. Never rejects. */
  readonly poisoned: Promise<Error>;

  /** Waits for everything in flight, then closes the database. */
  close(): Promise<void>;
}
