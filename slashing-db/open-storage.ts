import { existsSync } from 'node:fs';
import { isVigilError } from '../core/errors.ts';
import type { Root } from '../core/units.ts';
import { AnchorFile } from './anchor/anchor-file.ts';
import { assertAnchorPaths } from './anchor/anchor-paths.ts';
import { AnchoredStorage } from './anchor/anchored-storage.ts';
import { readHostIdentity, type HostIdentity } from './anchor/host-identity.ts';
import { judgeEvidence, type DatabaseEvidence, type EvidenceVerdict } from './anchor/judge-evidence.ts';
import {
  highestRemembered,
  lastRememberedAct,
  readAnchors,
  type FoundAnchor,
} from './anchor/read-anchors.ts';
import type { BootFloor } from './boot-floor.ts';
import { slashingDbError } from './errors.ts';
import { SqliteStorage } from './storage/sqlite/sqlite-storage.ts';
import type { Storage } from './storage/storage-port.ts';

/** About 1 GB of history, the oldest removed first. */
export const DEFAULT_HISTORY_MAX_RECORDS = 5_000_000n;

/** What it takes to open the database. */
export interface OpenOptions {
  readonly genesisValidatorsRoot: Root;
  /** Default `auto`. */
  readonly bootFloor?: BootFloor;
  /** The SQLite file; made if it does not exist. Its directory must exist. */
  readonly path: string;
  /** Files outside the database that tell when it went back in time; the first is the fast one. Default none. */
  readonly anchors?: readonly string[];
  /** Databases that are to be copied into this one: anchors that know no more than they do speak against nothing. */
  readonly covered?: ReadonlySet<string>;
  /** Default: this machine. */
  readonly host?: HostIdentity;
  readonly historyMaxRecords?: bigint;
  readonly onAnchorFailure?: (path: string, error: Error) => void;
}

/** Opens the storage with its anchors, unless its history speaks against it. @throws those of {@link openGuard} */
export function openStorage(options: OpenOptions): Storage {
  const { path, bootFloor = 'auto' } = options;
  const { storage } = openJudged(options, (verdict) => {
    refuseRollback(path, verdict);
    return floorDue(verdict, bootFloor);
  });
  return storage;
}

/** What was found when a database was opened. */
export interface OpenedStorage {
  readonly storage: Storage;
  readonly verdict: EvidenceVerdict;
  /** As they stood before. */
  readonly anchors: readonly FoundAnchor[];
}

/**
 * Opens the storage with its anchors.
 * @param mayOpen throws to leave the database as it is; returns why a boot floor is due, or null
 */
export function openJudged(
  options: OpenOptions,
  mayOpen: (verdict: EvidenceVerdict, anchors: readonly FoundAnchor[]) => string | null,
): OpenedStorage {
  const { path, host = readHostIdentity(), onAnchorFailure = () => undefined } = options;
  const { covered = new Set() } = options;
  assertAnchorPaths(path, options.anchors ?? []);
  let verdict: EvidenceVerdict = { kind: 'trusted' };
  let anchors: readonly FoundAnchor[] = [];
  const judge = (evidence: DatabaseEvidence | null): string | null => {
    anchors = readAnchors(options.anchors ?? [], onAnchorFailure);
    const speaking = anchors.filter(
      ({ content }) => typeof content === 'string' || !covered.has(content.databaseId),
    );
    verdict = judgeEvidence(evidence, speaking, host);
    return mayOpen(verdict, anchors);
  };
  // Before the file is made: a database that is gone must not be replaced by an empty one.
  if (!existsSync(path)) judge(null);
  const inner = SqliteStorage.open({
    path,
    genesisValidatorsRoot: options.genesisValidatorsRoot,
    host,
    historyMaxRecords: options.historyMaxRecords ?? DEFAULT_HISTORY_MAX_RECORDS,
    judge,
  });
  const storage = new AnchoredStorage(inner, {
    anchors: openAnchors(options.anchors ?? [], onAnchorFailure),
    bootId: host.bootId,
    remembered: highestRemembered(anchors),
    lastAct: lastRememberedAct(anchors),
    onAnchorFailure,
  });
  return { storage, verdict, anchors };
}

/** @throws DB_ROLLED_BACK, DB_FROM_ANOTHER_MACHINE */
export function refuseRollback(path: string, verdict: EvidenceVerdict): void {
  if (verdict.kind === 'rolled-back') throw slashingDbError('DB_ROLLED_BACK', `${path}: ${verdict.found}`);
  if (verdict.kind === 'foreign') {
    throw slashingDbError('DB_FROM_ANOTHER_MACHINE', `${path}: ${verdict.found}`);
  }
}

/** Why a boot floor is due at this opening, or null: as `--boot-floor` says. */
export function floorDue(verdict: EvidenceVerdict, bootFloor: BootFloor): string | null {
  if (bootFloor === 'never') return null;
  if (verdict.kind === 'doubt') return verdict.why;
  return bootFloor === 'always' ? 'at every start' : null;
}

/** One that cannot be opened is reported, and left out. @throws ANCHOR_MISPLACED */
export function openAnchors(
  paths: readonly string[],
  onFailure: (path: string, error: Error) => void,
): AnchorFile[] {
  return paths.flatMap((path) => {
    try {
      return [new AnchorFile(path)];
    } catch (error) {
      if (isVigilError(error)) throw error;
      onFailure(path, error as Error);
      return [];
    }
  });
}
