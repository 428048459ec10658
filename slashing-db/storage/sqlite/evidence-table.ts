import type Database from 'better-sqlite3';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { HostIdentity } from '../../anchor/host-identity.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import { hashAt, readHead } from './history-table.ts';

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
  return { databaseId, ...fence, history: readHead(db, databaseId) };
}

export function writeHost(db: Database.Database, host: HostIdentity, stoppedCleanly: boolean): void {
  db.prepare(
    `INSERT INTO host (id, machine_id, boot_id, stopped_cleanly) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET machine_id = excluded.machine_id, boot_id = excluded.boot_id,
       stopped_cleanly = excluded.stopped_cleanly`,
  ).run(host.machineId, host.bootId, stoppedCleanly ? 1n : 0n);
}
