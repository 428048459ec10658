import { dirname } from 'node:path';
import { AnchorNotes } from '../anchor/anchor-notes.ts';
import { readHostIdentity } from '../anchor/host-identity.ts';
import { judgeAnchors } from './judge-anchors.ts';
import type { EvidenceVerdict } from '../anchor/judge-evidence.ts';
import {
  highestRemembered,
  lastRememberedAct,
  readable,
  readAnchors,
  type FoundAnchor,
} from '../anchor/read-anchors.ts';
import { slashingDbError } from '../errors.ts';
import { takeInstanceLock, type InstanceLock } from '../storage/sqlite/instance-lock.ts';
import { DEFAULT_HISTORY_MAX_RECORDS, openAnchors, type OpenOptions } from '../open-storage.ts';
import type { PostgresTarget } from '../storage/postgres/database-url.ts';
import { PostgresStorage } from '../storage/postgres/postgres-storage.ts';
import type { SharedStorage } from '../storage/sharing-port.ts';
import { keepName } from './kept-name.ts';

/** A database on a server, and as who it is used. */
export interface SharedPlace extends PostgresTarget {
  /** The name of this signer among those that use the database. */
  readonly instance: string;
  /** Where that is kept, so that the signer is the same at its next start whatever its host is called. Default nowhere. */
  readonly nameFile?: string;
}

/**
 * Judges a database that was found.
 * @param stranger the anchors know a signer that this database does not have under that name
 * @returns why a boot floor is due, or null; throws to leave the database as it is
 */
type MayOpen = (
  verdict: EvidenceVerdict,
  anchors: readonly FoundAnchor[],
  stranger: boolean,
) => string | null;

export interface OpenedShared {
  readonly storage: SharedStorage;
  readonly verdict: EvidenceVerdict;
  /** As they stood before. */
  readonly anchors: readonly FoundAnchor[];
}

/**
 * Opens a database that others use too, beside the anchors of this signer. Of what speaks against a file only the
 * anchors' word is left: on which machine a server is, and when that went down, is its operator's business.
 */
export async function openShared(
  place: SharedPlace,
  options: OpenOptions,
  mayOpen: MayOpen,
): Promise<OpenedShared> {
  // One process per data directory, as with a file: two would fence each other off without end.
  const lock = takeSignerLock(place, options.path);
  try {
    return await openLocked(place, options, mayOpen, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Of the data directory, by which no two processes of one signer are at work. @throws DB_IN_USE, DB_CANNOT_OPEN */
export const takeSignerLock = ({ instance }: SharedPlace, path: string): InstanceLock =>
  takeInstanceLock(path, `the signer ${instance} of ${dirname(path)}`);

async function openLocked(
  place: SharedPlace,
  options: OpenOptions,
  mayOpen: MayOpen,
  release: () => void,
): Promise<OpenedShared> {
  const { host = readHostIdentity(), onAnchorFailure = () => undefined, anchors: paths = [] } = options;
  const anchors = readAnchors(paths, onAnchorFailure);
  let verdict: EvidenceVerdict = { kind: 'trusted' };
  let notes: AnchorNotes | null = null;
  const storage = await PostgresStorage.open({
    target: { url: place.url, passwordFile: place.passwordFile },
    genesisValidatorsRoot: options.genesisValidatorsRoot,
    instance: place.instance,
    historyMaxRecords: options.historyMaxRecords ?? DEFAULT_HISTORY_MAX_RECORDS,
    anchors: readable(anchors),
    judge: (evidence) => {
      const judged = judgeAnchors(evidence, anchors, place.instance);
      if (judged.kind === 'of-another') throw ofAnother(judged, place.instance);
      const stranger = judged.kind === 'unknown';
      verdict = stranger ? { ...judged, kind: 'rolled-back' } : judged;
      return mayOpen(verdict, anchors, stranger);
    },
    onCommit: (mark, records) => notes?.committed(mark, records),
    onClose: () => {
      notes?.close();
      release();
    },
  });
  try {
    if (place.nameFile !== undefined) keepName(place.nameFile, place.instance);
  } catch (error) {
    await storage.close();
    throw error;
  }
  notes = new AnchorNotes(
    {
      anchors: openAnchors(paths, onAnchorFailure),
      bootId: host.bootId,
      remembered: highestRemembered(anchors),
      lastAct: lastRememberedAct(anchors),
      onAnchorFailure,
    },
    storage.mark(),
    [],
  );
  return { storage, verdict, anchors };
}

const ofAnother = ({ path, signer }: { path: string; signer: string }, instance: string) =>
  slashingDbError(
    'ANCHOR_OF_ANOTHER_SIGNER',
    `the anchor ${path} is kept by the signer ${signer} of the same database, and this is the signer ${instance}`,
  );
