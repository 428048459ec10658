import { existsSync } from 'node:fs';
import { readHostIdentity, type HostIdentity } from './anchor/host-identity.ts';
import { judgeEvidence, type EvidenceVerdict } from './anchor/judge-evidence.ts';
import type { StorageMark } from './anchor/anchor-record.ts';
import { readable, readAnchors } from './anchor/read-anchors.ts';
import { slashingDbError } from './errors.ts';
import { toOpen, type OpenGuardOptions } from './open-guard.ts';
import { floorDue, openJudged, refuseRollback } from './open-storage.ts';
import { coveredBy, refuseRolledBackServer } from './shared/judge-anchors.ts';
import { SlashingGuard } from './slashing-guard.ts';
import type { PostgresTarget } from './storage/postgres/database-url.ts';
import { holdIdleServer } from './storage/postgres/hold-server.ts';
import { markOf } from './storage/postgres/instance-row.ts';
import { readEvidence } from './storage/sqlite/evidence-table.ts';
import { openDatabaseReadOnly } from './storage/sqlite/open-database.ts';
import { readStatus } from './storage/sqlite/read-status.ts';
import type { StoredState } from './storage/storage-port.ts';
import type { Root } from '../core/units.ts';

export interface FileSource {
  readonly path: string;
  /** As a start has them. Default none. */
  readonly anchors?: readonly string[];
  /** Not where a signer has its database: what it lacks is on no anchor for certain. Default false. */
  readonly loose?: boolean;
}

export interface ServerSource extends PostgresTarget {
  /** Of signers that work with it, as far as they are on this machine. Default none. */
  readonly anchors?: readonly string[];
}

/** A database that is copied from. */
export type CopySource = FileSource | ServerSource;

/** Held until the copy is through: what a signer signed meanwhile would not be in it. */
export interface HeldSource {
  readonly state: StoredState;
  /** Those whose anchors know nothing that is not in it. */
  readonly covered: ReadonlySet<string>;
  /** How far it has come, and each that has a history of its own in it. */
  readonly marks: () => readonly StorageMark[];
  /** Freezes all keys in it; and a signer that only lost its connection does not come back to it. */
  readonly leave: (reason: string, by: string) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** @param to how the other is opened, which is on this machine and by this clock too */
export async function holdSource(from: CopySource, to: OpenGuardOptions, shown: string): Promise<HeldSource> {
  return 'url' in from ? holdServer(from, to, shown) : holdFile(from, to, shown);
}

async function holdServer(from: ServerSource, to: OpenGuardOptions, shown: string): Promise<HeldSource> {
  const { status, evidenceFor, leave, release } = await holdIdleServer(from);
  try {
    assertNetwork(status.genesisValidatorsRoot, to, shown);
    const anchors = readAnchors([...new Set([...(from.anchors ?? []), ...(to.anchors ?? [])])]);
    const evidence = await evidenceFor(readable(anchors));
    refuseRolledBackServer(shown, evidence, anchors);
    const marks = () => status.instances.map(markOf);
    return { state: status, covered: coveredBy(evidence, anchors), marks, leave, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Opened as a start opens it: a file that no signer would go on with brings nobody up to date. */
async function holdFile(from: FileSource, to: OpenGuardOptions, shown: string): Promise<HeldSource> {
  const { path, anchors = [], loose = false } = from;
  const { host = readHostIdentity(), bootFloor = 'auto' } = to;
  if (!existsSync(path)) {
    throw slashingDbError('DB_CANNOT_OPEN', `there is no slashing database at ${path}`);
  }
  assertFit(from, host, to, shown);
  const options: OpenGuardOptions = {
    ...to,
    ...{ path, host, shared: null },
    // What lies somewhere else must not be what the anchors of a signer follow from now on.
    anchors: loose ? [] : anchors,
    // The history stays there, all of it.
    historyMaxRecords: 2n ** 62n,
  };
  const { storage } = openJudged(toOpen(options), (verdict) => {
    refuseRollback(path, verdict);
    return floorDue(loose ? looseVerdict(verdict) : verdict, bootFloor);
  });
  const guard = new SlashingGuard(storage, options);
  guard.settleBootFloor();
  // The floor is in it before it is read.
  if ((await guard.probe()) !== null) {
    await guard.close();
    throw await guard.poisoned;
  }
  return {
    state: storage.load(),
    // Its own anchors are what its freeze is noted in: nobody opens it without them.
    covered: new Set(),
    marks: () => [storage.mark()],
    leave: (reason, by) => guard.operator.freeze('all', { by, reason }),
    release: () => guard.close(),
  };
}

const looseVerdict = (verdict: EvidenceVerdict): EvidenceVerdict =>
  verdict.kind === 'trusted'
    ? { kind: 'doubt', why: 'it was copied from a file that is not where a signer has its database' }
    : verdict;

/** Before anything in it is changed. @throws DB_WRONG_NETWORK, DB_ROLLED_BACK, DB_FROM_ANOTHER_MACHINE, DB_CORRUPT */
function assertFit(
  { path, anchors = [] }: FileSource,
  host: HostIdentity,
  to: OpenGuardOptions,
  shown: string,
): void {
  const db = openDatabaseReadOnly(path);
  try {
    assertNetwork(readStatus(db).genesisValidatorsRoot, to, shown);
    refuseRollback(path, judgeEvidence(readEvidence(db), readAnchors(anchors), host));
  } finally {
    db.close();
  }
}

function assertNetwork(root: Root, { spec }: OpenGuardOptions, shown: string): void {
  if (root === spec.genesisValidatorsRoot) return;
  throw slashingDbError('DB_WRONG_NETWORK', `${shown} is of genesis validators root ${root}`);
}
