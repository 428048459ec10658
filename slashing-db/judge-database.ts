import { existsSync } from 'node:fs';
import { readHostIdentity } from './anchor/host-identity.ts';
import { judgeEvidence, type EvidenceVerdict } from './anchor/judge-evidence.ts';
import { readAnchors } from './anchor/read-anchors.ts';
import { readEvidence } from './storage/sqlite/evidence-table.ts';
import { openDatabaseReadOnly } from './storage/sqlite/open-database.ts';

/**
 * How the next start will judge the database by its anchors, or that there is none; works beside a running signer and changes nothing.
 * @throws DB_CANNOT_OPEN, DB_NOT_OURS, DB_CORRUPT
 */
export function judgeDatabase(path: string, anchors: readonly string[]): EvidenceVerdict {
  // Before the database: what is committed in between must not look like an anchor that is ahead of it.
  const found = readAnchors(anchors);
  if (!existsSync(path)) return judgeEvidence(null, found, readHostIdentity());
  const db = openDatabaseReadOnly(path);
  try {
    return judgeEvidence(readEvidence(db), found, readHostIdentity());
  } finally {
    db.close();
  }
}
