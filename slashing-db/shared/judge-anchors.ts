import type { ServerEvidence } from '../storage/postgres/server-evidence.ts';
import { contradiction, type EvidenceVerdict } from '../anchor/judge-evidence.ts';
import { readableAt, type FoundAnchor } from '../anchor/read-anchors.ts';

/** What the anchors of a signer say of a database that several share. */
export type SharedVerdict =
  | Extract<EvidenceVerdict, { kind: 'trusted' | 'rolled-back' }>
  /** All is there that this anchor knows of; but another signer keeps it. */
  | { readonly kind: 'of-another'; readonly path: string; readonly signer: string }
  /** They know a database, or a signer, that has nothing to do with this one: which did not go back for that. */
  | { readonly kind: 'unknown'; readonly found: string; readonly lostActs: boolean };

/**
 * Has a database on a server lost anything that anchors know of? Each is held against the row of the signer whose record
 * it has: whose that is, tells whether it may be kept here at all.
 * @param instance the name of the signer whose anchors these are
 */
export function judgeAnchors(
  { signers, hasLost }: ServerEvidence,
  anchors: readonly FoundAnchor[],
  instance: string,
): SharedVerdict {
  const records = readableAt(anchors);
  const lostActs = records.some(
    ({ record: { databaseId, lastAct } }) => lastAct > (signers.get(databaseId)?.evidence.sequence ?? 0n),
  );
  for (const { path, record } of records) {
    const found = contradiction(signers.get(record.databaseId)?.evidence ?? null, record);
    if (found !== null && (signers.has(record.databaseId) || hasLost(record.databaseId))) {
      return { kind: 'rolled-back', found: `the anchor ${path} ${found}`, lostActs };
    }
  }
  for (const { path, record } of records) {
    const signer = signers.get(record.databaseId)?.name ?? instance;
    if (signer !== instance) return { kind: 'of-another', path, signer };
  }
  for (const { path, record } of records) {
    if (signers.has(record.databaseId)) continue;
    const found = `the anchor ${path} knows ${record.databaseId} with ${record.sequence} commits, and it does not`;
    return { kind: 'unknown', found, lostActs };
  }
  return { kind: 'trusted' };
}
