import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import type { AnchorRecord } from '../../anchor/anchor-record.ts';
import type { Connection } from './connection.ts';
import { evidenceOf, instanceOf, isOfDatabase, type InstanceRow } from './instance-row.ts';
import { allInstances } from './read-server.ts';
import { allSources, sourceOf } from './sources.ts';

/** A signer of a database, as that knows it. */
export interface KnownSigner {
  readonly name: string;
  /** Not a signer, but what was copied here. */
  readonly isSource: boolean;
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
  const [signerRows = [], sourceRows = []] = await connection.ask([allInstances, allSources]);
  const present = signerRows.map(instanceOf);
  const signers = new Map<string, KnownSigner>();
  const add = async (row: InstanceRow, isSource: boolean): Promise<void> => {
    const indices = anchors.filter(({ databaseId: id }) => id === row.id).map(({ history }) => history.index);
    if (indices.length === 0) return;
    signers.set(row.id, { name: row.name, isSource, evidence: await evidenceOf(connection, row, indices) });
  };
  for (const source of sourceRows.map(sourceOf)) await add(source, true);
  for (const signer of present) await add(signer, false);
  const ids = new Set(present.map(({ id }) => id));
  return { signers, hasLost: (id) => isOfDatabase(id, databaseId) && !ids.has(id) };
}
