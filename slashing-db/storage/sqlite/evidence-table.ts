import type Database from 'better-sqlite3';
import { epoch, slot } from '../../../core/units.ts';
import type { HighestKnown, StorageMark } from '../../anchor/anchor-record.ts';
import type { HostIdentity } from '../../anchor/host-identity.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import { hashAt, readBase, readHead } from './history-table.ts';

/** What the database says about itself; null for one that was just made. */
export function readEvidence(db: Database.Database): DatabaseEvidence | null {
  const mark = readMark(db);
  if (mark === null) return null;
  const host = db.prepare('SELECT machine_id, boot_id, stopped_cleanly FROM host').get() as
    { machine_id: string | null; boot_id: string | null; stopped_cleanly: bigint } | undefined;
  return {
    ...mark,
    lastHost:
      host === undefined
        ? null
        : {
            machineId: host.machine_id,
            bootId: host.boot_id,
            stoppedCleanly: host.stopped_cleanly === 1n,
          },
    highest: readHighest(db),
    historyHashAt: (index) => hashAt(db, mark.databaseId, index),
  };
}

/** Null before the database is bound to a network. */
export function readMark(db: Database.Database): StorageMark | null {
  const databaseId = db.prepare('SELECT database_id FROM chain').pluck().get() as string | undefined;
  if (databaseId === undefined) return null;
  const fence = db.prepare('SELECT generation, sequence FROM fence').get() as {
    generation: bigint;
    sequence: bigint;
  };
  const { index: historyBase } = readBase(db, databaseId);
  return { databaseId, ...fence, history: readHead(db, databaseId), historyBase };
}

export function writeHost(db: Database.Database, host: HostIdentity, stoppedCleanly: boolean): void {
  db.prepare(
    `INSERT INTO host (id, machine_id, boot_id, stopped_cleanly) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET machine_id = excluded.machine_id, boot_id = excluded.boot_id,
       stopped_cleanly = excluded.stopped_cleanly`,
  ).run(host.machineId, host.bootId, stoppedCleanly ? 1n : 0n);
}

/** The highest that the database knows of over all keys, its floor included. */
function readHighest(db: Database.Database): HighestKnown {
  const row = db
    .prepare(
      `SELECT max(coalesce((SELECT max(slot) FROM block_watermarks), 0), coalesce(floor_slot, 0)) AS slot,
              max(coalesce((SELECT max(source) FROM attestation_watermarks), 0), coalesce(floor_source, 0)) AS source,
              max(coalesce((SELECT max(target) FROM attestation_watermarks), 0), coalesce(floor_target, 0)) AS target
       FROM protection`,
    )
    .get() as { slot: bigint; source: bigint; target: bigint };
  return { slot: slot(row.slot), source: epoch(row.source), target: epoch(row.target) };
}
