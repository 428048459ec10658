import type Database from 'better-sqlite3';
import { bytesOf } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import type { KeyControl, Protection } from '../../key-controls.ts';
import type { StorageRecord } from '../storage-port.ts';

type WatermarkRecord = Extract<StorageRecord, { kind: 'block' | 'attestation' }>;

/** Writes one record, whatever its kind; decisions are the history's to write. */
export function prepareWrites(
  db: Database.Database,
): (record: Exclude<StorageRecord, { kind: 'decision' }>) => void {
  const state = db.prepare(`
    INSERT INTO keys (pubkey, state) VALUES (?, ?)
    ON CONFLICT (pubkey) DO UPDATE SET state = excluded.state`);
  const latestSlot = db.prepare('UPDATE protection SET latest_slot = ? WHERE id = 1');
  const watermark = watermarkWriter(db);
  const control = controlWriter(db);
  const protection = protectionWriter(db);
  return (record) => {
    switch (record.kind) {
      case 'block':
      case 'attestation':
        return watermark(record);
      case 'state':
        state.run(bytesOf(record.pubkey), record.state);
        return;
      case 'control':
        return control(bytesOf(record.pubkey), record.control);
      case 'protection':
        return protection(record.protection);
      case 'latest-slot':
        latestSlot.run(record.slot);
        return;
    }
  };
}

/** The conditions say in SQL what the rules said before: a watermark only rises. */
function watermarkWriter(db: Database.Database): (record: WatermarkRecord) => void {
  const block = db.prepare(`
    INSERT INTO block_watermarks (pubkey, slot, signing_root) VALUES (?, ?, ?)
    ON CONFLICT (pubkey) DO UPDATE SET slot = excluded.slot, signing_root = excluded.signing_root
    WHERE ? OR excluded.slot > slot`);
  const attestation = db.prepare(`
    INSERT INTO attestation_watermarks (pubkey, source, target, signing_root, signed_target) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (pubkey) DO UPDATE
    SET source = excluded.source, target = excluded.target, signing_root = excluded.signing_root,
        signed_target = coalesce(excluded.signed_target, signed_target)
    WHERE ? OR (excluded.source >= source AND excluded.target > target)`);
  return (record) => {
    const pubkey = bytesOf(record.pubkey);
    const merge = record.mode === 'merge' ? 1n : 0n;
    const root = record.watermark.signingRoot === null ? null : bytesOf(record.watermark.signingRoot);
    let changes: number;
    if (record.kind === 'block') {
      ({ changes } = block.run(pubkey, record.watermark.slot, root, merge));
    } else {
      const { source, target } = record.watermark;
      const signedTarget = record.mode === 'advance' ? target : null;
      ({ changes } = attestation.run(pubkey, source, target, root, signedTarget, merge));
    }
    if (changes !== 1) {
      throw slashingDbError(
        'DB_COMMIT_FAILED',
        `the stored ${record.kind} watermark is ahead of the one in memory`,
      );
    }
  };
}

function controlWriter(db: Database.Database): (pubkey: Uint8Array, control: KeyControl) => void {
  const upsert = db.prepare(`
    INSERT INTO key_controls (pubkey, frozen_reason, frozen_since_ms, out_epoch, in_epoch, source_override)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (pubkey) DO UPDATE
    SET frozen_reason = excluded.frozen_reason, frozen_since_ms = excluded.frozen_since_ms,
        out_epoch = excluded.out_epoch, in_epoch = excluded.in_epoch, source_override = excluded.source_override`);
  return (pubkey, { frozen, outEpoch, inEpoch, sourceOverride }) => {
    upsert.run(pubkey, frozen?.reason ?? null, frozen?.sinceMs ?? null, outEpoch, inEpoch, sourceOverride);
  };
}

function protectionWriter(db: Database.Database): (protection: Protection) => void {
  const update = db.prepare(`
    UPDATE protection SET frozen_reason = ?, frozen_since_ms = ?, floor_slot = ?, floor_source = ?,
      floor_target = ?, floor_owed = ? WHERE id = 1`);
  return ({ frozen, floor, floorOwed }) => {
    update.run(
      frozen?.reason ?? null,
      frozen?.sinceMs ?? null,
      floor?.slot ?? null,
      floor?.source ?? null,
      floor?.target ?? null,
      floorOwed,
    );
  };
}
