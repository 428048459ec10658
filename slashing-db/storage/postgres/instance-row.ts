import { randomUUID } from 'node:crypto';
import { epoch, rootFromBytes, slot, type Root } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import { emptyChain, type ChainHead } from '../../history/hash-chain.ts';
import type { Connection, Query, Row } from './connection.ts';
import { bytesText, intArray } from './rows.ts';

/** A signer in the database: its fence, and the two ends of its chain of history. */
export interface InstanceRow {
  readonly name: string;
  /** Random, made with the row: what its history and its anchors are bound to. */
  readonly id: string;
  /** The process that it is at present. */
  readonly owner: string;
  readonly generation: bigint;
  readonly sequence: bigint;
  readonly head: ChainHead;
  readonly base: ChainHead;
}

export const lockInstance = (name: string): Query => ({
  text: 'SELECT * FROM instances WHERE name = $1 FOR UPDATE',
  values: [name],
});

export const readInstance = (name: string): Query => ({
  text: 'SELECT * FROM instances WHERE name = $1',
  values: [name],
});

/** The hash of the record at which a signer's history ended when it was last looked at, if that is still kept. */
export const readKeptHash = ({ name, head }: InstanceRow): Query => ({
  text: 'SELECT hash FROM history WHERE instance = $1 AND id = $2',
  values: [name, head.index.toString()],
});

export const keptHashOf = (row: Row | undefined): Root | null =>
  row === undefined ? null : rootFromBytes(row['hash'] as Uint8Array);

export function instanceOf(columns: Row): InstanceRow {
  const row = columns as unknown as InstanceRow & Columns;
  const { name, id, owner, generation, sequence } = row;
  return {
    ...{ name, id, owner, generation, sequence },
    head: { index: row.history_index, hash: rootFromBytes(row.history_head) },
    base: { index: row.base_index, hash: rootFromBytes(row.base_hash) },
  };
}

/** Whether a row is still what this process wrote last. */
export function isAsLeft(row: Row | undefined, { id, owner, generation, sequence }: InstanceRow): boolean {
  const now = row === undefined ? null : instanceOf(row);
  return now?.id === id && now.owner === owner && now.generation === generation && now.sequence === sequence;
}

interface Columns {
  readonly history_index: bigint;
  readonly history_head: Uint8Array;
  readonly base_index: bigint;
  readonly base_hash: Uint8Array;
}

export const markOf = ({ id, generation, sequence, head, base }: InstanceRow): StorageMark => ({
  ...{ databaseId: id, generation, sequence },
  history: head,
  historyBase: base.index,
});

/** The groups of an id that are those of its database. */
const OF_DATABASE = 18;

/** A new id, from which {@link isOfDatabase} tells where it was made. Both are as UUIDs are written. */
const newId = (databaseId: string): string =>
  databaseId.slice(0, OF_DATABASE) + randomUUID().slice(OF_DATABASE);

/** Whether a signer's id was made in this database, in which it may be unknown all the same: then records were lost. */
export const isOfDatabase = (id: string, databaseId: string): boolean =>
  id.slice(0, OF_DATABASE) === databaseId.slice(0, OF_DATABASE);

/** Makes the row of a signer that was never here. */
export function insertInstance(name: string, databaseId: string, owner: string): Query {
  const id = newId(databaseId);
  const { index, hash } = emptyChain(id);
  return {
    text: `INSERT INTO instances (name, id, owner, generation, sequence, history_index, history_head, base_index,
        base_hash, latest_slot, last_seen)
      VALUES ($1, $2, $3, 0, 0, $4, $5, $4, $5, 0, now())`,
    values: [name, id, owner, index.toString(), bytesText(hash)],
  };
}

/** From now on what an earlier process, or an earlier connection of this one, still has under way is not let through. */
export const raiseGeneration = (name: string, owner: string): Query => ({
  text: `UPDATE instances SET owner = $2, generation = generation + 1, last_seen = now() WHERE name = $1 RETURNING *`,
  values: [name, owner],
});

/**
 * What the database says of itself as far as this signer can hold it to it. A server may be anywhere, so nothing is said
 * of machines.
 * @param indices records that anchors remember
 */
export async function evidenceOf(
  connection: Connection,
  instance: InstanceRow,
  indices: readonly bigint[],
): Promise<DatabaseEvidence> {
  const [hashes = [], [highest] = []] = await connection.ask([
    {
      text: 'SELECT id, hash FROM history WHERE instance = $1 AND id = ANY($2::int8[])',
      values: [instance.name, intArray(indices)],
    },
    {
      text: `SELECT greatest(0, max(k.slot), max(p.floor_slot)) AS slot,
          greatest(0, max(k.source), max(p.floor_source)) AS source,
          greatest(0, max(k.target), max(p.floor_target)) AS target
        FROM protection AS p LEFT JOIN keys AS k ON true`,
    },
  ]);
  const kept = new Map<bigint, Root>(
    hashes.map(({ id, hash }) => [id as bigint, rootFromBytes(hash as Uint8Array)]),
  );
  kept.set(instance.base.index, instance.base.hash);
  return {
    ...markOf(instance),
    lastHost: null,
    highest: {
      slot: slot(highest?.['slot'] as bigint),
      source: epoch(highest?.['source'] as bigint),
      target: epoch(highest?.['target'] as bigint),
    },
    historyHashAt: (index) => kept.get(index) ?? null,
  };
}
