import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import type { AnchorRecord } from '../../anchor/anchor-record.ts';
import type { Connection } from './connection.ts';
import { evidenceOf, instanceOf, isOfDatabase } from './instance-row.ts';
import { allInstances } from './read-server.ts';

/** A signer of a database, as that knows it. */
export interface KnownSigner {
  readonly name: string;
  readonly evidence: DatabaseEvidence;
}

/** What a database on a server says of those whom anchors know. */
export interface ServerEvidence {
  /** By their ids. */
  readonly signers: ReadonlyMap<string, KnownSigner>;
  /** Whether a signer was made in this database, and it does not know it any more: then records were lost. */
  readonly hasLost: (id: string) => boolean;
}

/** Within a transaction, so that one moment is told of. */
export async function serverEvidence(
  connection: Connection,
  databaseId: string,
  anchors: readonly AnchorRecord[],
): Promise<ServerEvidence> {
  const [rows = []] = await connection.ask([allInstances]);
  const present = rows.map(instanceOf);
  const signers = new Map<string, KnownSigner>();
  for (const row of present) {
    const own = anchors.filter((anchor) => anchor.databaseId === row.id);
    if (own.length === 0) continue;
    const indices = own.map(({ history }) => history.index);
    signers.set(row.id, { name: row.name, evidence: await evidenceOf(connection, row, indices) });
  }
  const ids = new Set(present.map(({ id }) => id));
  return { signers, hasLost: (id) => isOfDatabase(id, databaseId) && !ids.has(id) };
}
