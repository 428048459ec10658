import { rootFromBytes } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import { connect } from './connect.ts';
import type { Query, Row } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import type { InstanceRow } from './instance-row.ts';
import { opening } from './opening.ts';
import { bytesText } from './rows.ts';
import { BEGIN, COMMIT } from './sign-statement.ts';

/*
 * How far databases had come when they were copied here. A signer that moves has anchors that know its old one; it may go
 * on here if they know no more of it than was copied.
 */

export const allSources: Query = { text: 'SELECT * FROM sources' };

/** As a signer whose chain of history ends where it was copied. */
export function sourceOf(row: Row): InstanceRow {
  const { id, generation, sequence } = row as unknown as InstanceRow;
  const index = row['history_index'] as bigint;
  const head = { index, hash: rootFromBytes(row['history_head'] as Uint8Array) };
  return { name: `a copy of ${id}`, owner: '', id, generation, sequence, head, base: head };
}

const upsert = ({ databaseId, generation, sequence, history }: StorageMark): Query => ({
  text: `INSERT INTO sources AS s (id, generation, sequence, history_index, history_head) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, sequence = excluded.sequence,
      history_index = excluded.history_index, history_head = excluded.history_head
    WHERE excluded.generation >= s.generation AND excluded.sequence >= s.sequence`,
  values: [
    ...[databaseId, generation.toString(), sequence.toString()],
    ...[history.index.toString(), bytesText(history.hash)],
  ],
});

/** @throws DB_UNREACHABLE */
export function noteSources(target: PostgresTarget, marks: readonly StorageMark[]): Promise<void> {
  return opening(target, async () => {
    const connection = await connect(target);
    try {
      await connection.ask([BEGIN, ...marks.map(upsert), COMMIT]);
    } finally {
      await connection.close();
    }
  });
}
