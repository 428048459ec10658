import type { Pubkey, Root } from '../../core/units.ts';
import type { GuardedMessage } from '../message.ts';

/** What the history is asked for: signatures for certain duties of certain keys, and acts that concern those keys. */
export interface RecordsSearch {
  readonly pubkeys: readonly Pubkey[];
  /** By {@link dutyOf}. */
  readonly duties: ReadonlySet<string>;
  /** Between which the duties lie, both included; null when there is none of the kind. */
  readonly slots: readonly [bigint, bigint] | null;
  readonly targets: readonly [bigint, bigint] | null;
  /** Nothing that is sought was signed before; Unix milliseconds. */
  readonly sinceMs: bigint;
}

/** A signature on record. */
export interface SignedRecord {
  readonly pubkey: Pubkey;
  /** Of a block. */
  readonly slot: bigint | null;
  /** Of a vote. */
  readonly source: bigint | null;
  readonly target: bigint | null;
  readonly signingRoot: Root | null;
  readonly timeMs: bigint;
}

/** An act on record that bears on how much the history says about a key. */
export interface ActRecord {
  /** Null: on the whole database. */
  readonly pubkey: Pubkey | null;
  readonly type: string;
  readonly slot: bigint | null;
  readonly target: bigint | null;
  readonly timeMs: bigint;
}

export interface FoundRecords {
  readonly signed: readonly SignedRecord[];
  /** Those of the keys asked for, and those on the whole database; oldest first. */
  readonly acts: readonly ActRecord[];
  /** Time of the oldest record from which on none was removed; null when there is none. */
  readonly oldestMs: bigint | null;
  /** Older ones were removed by retention. */
  readonly pruned: boolean;
}

type Slashable = Exclude<GuardedMessage, { kind: 'unslashable' }>;

/** What a key may sign once only: a slot's block, a target's vote. */
export const dutyOf = (pubkey: Pubkey, message: Slashable): string =>
  message.kind === 'block' ? slotDuty(pubkey, message.slot) : targetDuty(pubkey, message.target);

export const slotDuty = (pubkey: Pubkey, slot: bigint): string => `${pubkey} slot ${slot}`;
export const targetDuty = (pubkey: Pubkey, target: bigint): string => `${pubkey} target ${target}`;
