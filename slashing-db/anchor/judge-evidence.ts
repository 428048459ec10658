import type { Root } from '../../core/units.ts';
import type { AnchorRecord, HighestKnown, StorageMark } from './anchor-record.ts';
import type { HostIdentity } from './host-identity.ts';
import { readableAt, type FoundAnchor } from './read-anchors.ts';

/** What a database says about itself before it is opened for signing. */
export interface DatabaseEvidence extends StorageMark {
  /** Where and when it was last open; null if it never was. */
  readonly lastHost: (HostIdentity & { readonly stoppedCleanly: boolean }) | null;
  /** Over all keys, the boot floor included. */
  readonly highest: HighestKnown;
  /** The hash of a history record that is still kept; null if it is not, because it never was or is pruned. */
  readonly historyHashAt: (index: bigint) => Root | null;
}

export type EvidenceVerdict =
  | { readonly kind: 'trusted' }
  /** Records may be missing: the boot floor covers it. */
  | { readonly kind: 'doubt'; readonly why: string }
  /** Records are missing: nobody signs before the operator has looked. `lostActs`: acts on keys are among them. */
  | { readonly kind: 'rolled-back'; readonly found: string; readonly lostActs: boolean }
  /** A twin is likely. */
  | { readonly kind: 'foreign'; readonly found: string };

/**
 * Is this database the newest there is of it? Anchors can only be behind the database they belong to, so one that is
 * ahead, or that remembers another past, proves that the database was put back. That it was not, only the first can
 * tell, which is written before anything is released: the others may have been out of reach for a while.
 */
export function judgeEvidence(
  database: DatabaseEvidence | null,
  anchors: readonly FoundAnchor[],
  host: HostIdentity,
): EvidenceVerdict {
  const readable = readableAt(anchors);
  for (const { path, record } of readable) {
    const found = contradiction(database, record);
    if (found === null) continue;
    const since = record.databaseId === database?.databaseId ? database.sequence : 0n;
    const lostActs = readable.some(({ record: { lastAct } }) => lastAct > since);
    return { kind: 'rolled-back', found: `the anchor ${path} ${found}`, lostActs };
  }
  const lastHost = database?.lastHost ?? null;
  if (lastHost === null) return { kind: 'trusted' };
  const { machineId, bootId, stoppedCleanly } = lastHost;
  if (machineId !== null && host.machineId !== null && machineId !== host.machineId) {
    return { kind: 'foreign', found: 'it was last open on another machine' };
  }
  const [first] = anchors;
  if (typeof first?.content === 'string') return { kind: 'doubt', why: `its anchor is ${first.content}` };
  // One commit may lie between the database and its anchor when the process dies.
  const gap = stoppedCleanly ? 0n : 1n;
  if (first !== undefined && database !== null && first.content.sequence + gap < database.sequence) {
    return { kind: 'doubt', why: 'its anchor was not kept up with it' };
  }
  // A process that dies leaves all it wrote with the kernel. A machine that dies may not have kept what its disk said.
  if (!stoppedCleanly && (bootId === null || bootId !== host.bootId)) {
    return { kind: 'doubt', why: 'the machine went down while it was open' };
  }
  // A container without an identity of its own: after a boot it may be anywhere.
  if ((machineId === null || host.machineId === null) && bootId !== host.bootId) {
    return { kind: 'doubt', why: 'it cannot be told whether this is the machine that it was last open on' };
  }
  return { kind: 'trusted' };
}

/** What an anchor knows and a database does not, or null. */
export function contradiction(database: DatabaseEvidence | null, anchor: AnchorRecord): string | null {
  const known = `knows database ${anchor.databaseId} with ${anchor.sequence.toString()} commits`;
  if (database === null) return `${known}, and there is none`;
  if (anchor.databaseId !== database.databaseId) return `${known}, and this is ${database.databaseId}`;
  if (anchor.sequence > database.sequence || anchor.generation > database.generation) {
    return `${known} in ${anchor.generation.toString()} runs, and it has ${database.sequence.toString()} in ${database.generation.toString()}`;
  }
  const { highest } = database;
  const behind = (['slot', 'source', 'target'] as const).find((part) => anchor.highest[part] > highest[part]);
  if (behind !== undefined) {
    return `remembers ${behind} ${anchor.highest[behind].toString()} of a key, and it knows none above ${highest[behind].toString()}`;
  }
  const { index, hash } = anchor.history;
  if (index > database.history.index) {
    return `remembers record ${index.toString()} of its history, which ends at ${database.history.index.toString()}`;
  }
  const ours = database.historyHashAt(index);
  if (ours !== null && ours !== hash) return `remembers another history of it, at record ${index.toString()}`;
  return null;
}
