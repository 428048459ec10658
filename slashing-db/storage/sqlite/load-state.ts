import type Database from 'better-sqlite3';
import { epoch, pubkeyFromBytes, slot, type Epoch, type Pubkey, type Slot } from '../../../core/units.ts';
import type { Freeze, KeyControl, Protection } from '../../key-controls.ts';
import type { StoredState } from '../storage-port.ts';
import { loadStoredKeys } from './load-keys.ts';

export function loadState(db: Database.Database): StoredState {
  return { keys: loadStoredKeys(db), controls: loadControls(db), ...loadProtection(db) };
}

interface FreezeColumns {
  frozen_reason: string | null;
  frozen_since_ms: bigint | null;
}

interface ControlRow extends FreezeColumns {
  pubkey: Uint8Array;
  out_epoch: bigint | null;
  in_epoch: bigint | null;
  source_override: bigint | null;
}

function loadControls(db: Database.Database): Map<Pubkey, KeyControl> {
  const rows = db.prepare('SELECT * FROM key_controls').all() as ControlRow[];
  return new Map(
    rows.map((row) => [
      pubkeyFromBytes(row.pubkey),
      {
        frozen: freezeOf(row),
        outEpoch: epochOrNull(row.out_epoch),
        inEpoch: epochOrNull(row.in_epoch),
        sourceOverride: epochOrNull(row.source_override),
      },
    ]),
  );
}

interface ProtectionRow extends FreezeColumns {
  floor_slot: bigint | null;
  floor_source: bigint | null;
  floor_target: bigint | null;
  floor_owed: string | null;
  latest_slot: bigint;
}

function loadProtection(db: Database.Database): { protection: Protection; latestSlot: Slot } {
  const row = db.prepare('SELECT * FROM protection').get() as ProtectionRow;
  const { floor_slot, floor_source, floor_target } = row;
  const floor =
    floor_slot === null || floor_source === null || floor_target === null
      ? null
      : { slot: slot(floor_slot), source: epoch(floor_source), target: epoch(floor_target) };
  return {
    protection: { frozen: freezeOf(row), floor, floorOwed: row.floor_owed },
    latestSlot: slot(row.latest_slot),
  };
}

const freezeOf = ({ frozen_reason, frozen_since_ms }: FreezeColumns): Freeze | null =>
  frozen_reason === null ? null : { reason: frozen_reason, sinceMs: frozen_since_ms ?? 0n };

const epochOrNull = (value: bigint | null): Epoch | null => (value === null ? null : epoch(value));
