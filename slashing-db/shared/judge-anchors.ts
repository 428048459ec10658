import { slashingDbError } from '../errors.ts';
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
 * it has, or of the source that was copied: whose that is, tells whether it may be kept here at all.
 * @param instance the name of the signer whose anchors these are
 */
export function judgeAnchors(
  server: ServerEvidence,
  anchors: readonly FoundAnchor[],
  instance: string,
): SharedVerdict {
  const held = holdAgainst(server, anchors);
  const lostActs = held.some(({ record, signer }) => record.lastAct > (signer?.evidence.sequence ?? 0n));
  for (const { path, record, signer, found } of held) {
    const isOurs = signer === null ? server.hasLost(record.databaseId) : !signer.isSource;
    if (isOurs && found !== null)
      return { kind: 'rolled-back', found: `the anchor ${path} ${found}`, lostActs };
  }
  for (const { path, signer } of held) {
    if (signer === null || signer.isSource || signer.name === instance) continue;
    return { kind: 'of-another', path, signer: signer.name };
  }
  for (const { path, record, signer, found } of held) {
    if (signer !== null && found === null) continue;
    const known = `knows ${record.databaseId} with ${record.sequence} commits, and it does not`;
    const used = `${found}: that was used after it was copied here`;
    return { kind: 'unknown', found: `the anchor ${path} ${signer === null ? known : used}`, lostActs };
  }
  return { kind: 'trusted' };
}

/** For who only reads: what anchors know that are of nobody in this database says nothing of it. @throws DB_ROLLED_BACK */
export function refuseRolledBackServer(
  shown: string,
  server: ServerEvidence,
  anchors: readonly FoundAnchor[],
): void {
  const verdict = judgeAnchors(server, anchors, '');
  if (verdict.kind === 'rolled-back') throw slashingDbError('DB_ROLLED_BACK', `${shown}: ${verdict.found}`);
}

/** The ids of those whose anchors know nothing that is not in a database: who copies it copies all that they stand for. */
export const coveredBy = (server: ServerEvidence, anchors: readonly FoundAnchor[]): ReadonlySet<string> =>
  new Set(
    holdAgainst(server, anchors)
      .filter(({ signer, found }) => signer !== null && found === null)
      .map(({ record }) => record.databaseId),
  );

const holdAgainst = ({ signers }: ServerEvidence, anchors: readonly FoundAnchor[]) =>
  readableAt(anchors).map(({ path, record }) => {
    const signer = signers.get(record.databaseId) ?? null;
    return { path, record, signer, found: contradiction(signer?.evidence ?? null, record) };
  });
