import {
  epoch,
  pubkeyFromBytes,
  rootFromBytes,
  slot,
  type Epoch,
  type Pubkey,
  type Root,
} from '../../../core/units.ts';
import type { Freeze, KeyControl, Protection } from '../../key-controls.ts';
import type { StoredKey, StoredKeyState } from '../storage-port.ts';
import type { Row } from './connection.ts';

/* What the columns mean. Integers come as bigint, bytes as buffers (`connection.ts`). */

interface FreezeColumns {
  readonly frozen_reason: string | null;
  readonly frozen_since_ms: bigint | null;
}

interface KeyColumns extends FreezeColumns {
  readonly pubkey: Uint8Array;
  readonly state: StoredKeyState;
  readonly slot: bigint | null;
  readonly block_root: Uint8Array | null;
  readonly source: bigint | null;
  readonly target: bigint | null;
  readonly vote_root: Uint8Array | null;
  readonly signed_target: bigint | null;
  readonly out_epoch: bigint | null;
  readonly in_epoch: bigint | null;
  readonly source_override: bigint | null;
}

interface ProtectionColumns extends FreezeColumns {
  readonly floor_slot: bigint | null;
  readonly floor_source: bigint | null;
  readonly floor_target: bigint | null;
  readonly floor_owed: string | null;
}

export const KEY_COLUMNS =
  'pubkey, state, slot, block_root, source, target, vote_root, signed_target, ' +
  'frozen_reason, frozen_since_ms, out_epoch, in_epoch, source_override';

export function keyOf(columns: Row): StoredKey {
  const row = columns as unknown as KeyColumns;
  return {
    pubkey: pubkeyFromBytes(row.pubkey),
    state: row.state,
    signedTarget: epochOrNull(row.signed_target),
    block: row.slot === null ? null : { slot: slot(row.slot), signingRoot: rootOrNull(row.block_root) },
    attestation:
      row.source === null || row.target === null
        ? null
        : { source: epoch(row.source), target: epoch(row.target), signingRoot: rootOrNull(row.vote_root) },
  };
}

export function controlOf(columns: Row): KeyControl {
  const row = columns as unknown as KeyColumns;
  return {
    frozen: freezeOf(row),
    outEpoch: epochOrNull(row.out_epoch),
    inEpoch: epochOrNull(row.in_epoch),
    sourceOverride: epochOrNull(row.source_override),
  };
}

export function protectionOf(columns: Row): Protection {
  const row = columns as unknown as ProtectionColumns;
  const { floor_slot, floor_source, floor_target } = row;
  const floor =
    floor_slot === null || floor_source === null || floor_target === null
      ? null
      : { slot: slot(floor_slot), source: epoch(floor_source), target: epoch(floor_target) };
  return { frozen: freezeOf(row), floor, floorOwed: row.floor_owed };
}

const freezeOf = ({ frozen_reason, frozen_since_ms }: FreezeColumns): Freeze | null =>
  frozen_reason === null ? null : { reason: frozen_reason, sinceMs: frozen_since_ms ?? 0n };
const epochOrNull = (value: bigint | null): Epoch | null => (value === null ? null : epoch(value));
const rootOrNull = (bytes: Uint8Array | null): Root | null => (bytes === null ? null : rootFromBytes(bytes));

/* Arrays as PostgreSQL reads them, put together here because every signature passes through. */

type Bytes = Pubkey | Root;

export const bytesArray = (values: readonly (Bytes | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"\\\\x${value.slice(2)}"`)).join(',')}}`;

export const intArray = (values: readonly (bigint | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : value.toString())).join(',')}}`;

export const textArray = (values: readonly (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;

/** One value of the kind bytea. */
export const bytesText = (value: Bytes): string => `\\x${value.slice(2)}`;
