import type { Root } from '../../core/units.ts';
import type { AnchorContent } from './anchor-file.ts';
import type { AnchorRecord, StorageMark } from './anchor-record.ts';
import type { HostIdentity } from './host-identity.ts';

/** What a database says about itself before it is opened for signing. */
export interface DatabaseEvidence extends StorageMark {
  /** Where and when it was last open; null if it never was. */
  readonly lastHost: (HostIdentity & { readonly stoppedCleanly: boolean }) | null;
  /** The hash of a history record that is still kept; null if it is not, because it never was or is pruned. */
  readonly historyHashAt: (index: bigint) => Root | null;
}

export type EvidenceVerdict =
  | { readonly kind: 'trusted' }
  /** Records may be missing: the boot floor covers it. */
  | { readonly kind: 'doubt'; readonly why: string }
  /** Records are missing, or a twin is likely: nobody signs before the operator has looked. */
  | { readonly kind: 'rolled-back' | 'foreign'; readonly found: string };

/**
 * Is this database the newest there is of it? Anchors can only be behind the database they belong to, so one that is
 * ahead, or that remembers another past, proves that the database was put back.
 */
export function judgeEvidence(
  database: DatabaseEvidence | null,
  anchors: readonly { readonly path: string; readonly content: AnchorContent }[],
  host: HostIdentity,
): EvidenceVerdict {
  const readable = anchors.flatMap(({ path, content }) =>
    typeof content === 'string' ? [] : [{ path, record: content }],
  );
  for (const { path, record } of readable) {
    const found = contradiction(database, record);
    if (found !== null) return { kind: 'rolled-back', found: `the anchor ${path} ${found}` };
  }
  const lastHost = database?.lastHost ?? null;
  if (lastHost === null) return { kind: 'trusted' };
  const { machineId, bootId, stoppedCleanly } = lastHost;
  if (machineId !== null && host.machineId !== null && machineId !== host.machineId) {
    return { kind: 'foreign', found: 'it was last open on another machine' };
  }
  if (anchors.length > 0 && readable.length === 0) {
    const damaged = anchors.some(({ content }) => content === 'damaged');
    return { kind: 'doubt', why: `its anchor is ${damaged ? 'damaged' : 'missing'}` };
  }
  // A process that dies leaves all it wrote with the kernel. A machine that dies may not have kept what its disk said.
  if (!stoppedCleanly && (bootId === null || bootId !== host.bootId)) {
    return { kind: 'doubt', why: 'the machine went down while it was open' };
  }
  return { kind: 'trusted' };
}

function contradiction(database: DatabaseEvidence | null, anchor: AnchorRecord): string | null {
  const known = `knows database ${anchor.databaseId} with ${anchor.sequence.toString()} commits`;
  if (database === null) return `${known}, and there is none`;
  if (anchor.databaseId !== database.databaseId) return `${known}, and this is ${database.databaseId}`;
  if (anchor.sequence > database.sequence || anchor.generation > database.generation) {
    return `${known} in ${anchor.generation.toString()} runs, and it has ${database.sequence.toString()} in ${database.generation.toString()}`;
  }
  const { index, hash } = anchor.history;
  const ours = database.historyHashAt(index);
  if (ours !== null && ours !== hash) return `remembers another history of it, at record ${index.toString()}`;
  return null;
}
