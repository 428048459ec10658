import { randomUUID } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import type { Connection, Query, Row } from './connection.ts';
import {
  insertInstance,
  instanceOf,
  lockInstance,
  raiseGeneration,
  type InstanceRow,
} from './instance-row.ts';
import { freezeAfterRollback } from './judge-return.ts';
import { endStuckSessions } from './end-stuck-sessions.ts';
import { readAll } from './read-all.ts';
import { lockProtection, readProtection } from './read-state.ts';
import { serverEvidence } from './server-evidence.ts';
import { BEGIN, COMMIT, ROLLBACK } from './sign-statement.ts';
import type { PostgresStorageOptions } from './storage-options.ts';
import type { StoredState } from '../storage-port.ts';

/** What a signer finds when it takes its place. */
export interface Entered {
  readonly instance: InstanceRow;
  readonly revision: bigint;
  readonly state: StoredState;
}

/** Takes the signer's place: whoever had it before is refused at its next commit. @throws what `judge` throws */
export async function enterDatabase(
  connection: Connection,
  options: PostgresStorageOptions,
  databaseId: string,
): Promise<Entered> {
  const { instance: name, judge, anchors } = options;
  await endStuckSessions(connection, databaseId);
  const [, , [row] = []] = await connection.ask([BEGIN, lockProtection, lockInstance(name)]);
  const evidence = await serverEvidence(connection, databaseId, anchors);
  let owed: string | null;
  try {
    owed = judge(evidence);
  } catch (error) {
    if (isVigilError(error, 'DB_ROLLED_BACK')) {
      // While the lock is still held: whoever waits for it must not come in between.
      await connection.ask([...freezeAfterRollback(name, error.message), COMMIT]);
    } else {
      await connection.ask([ROLLBACK]);
    }
    throw error;
  }
  const owner = randomUUID();
  const first: Query[] = row === undefined ? [insertInstance(name, databaseId, owner)] : [];
  if (owed !== null) {
    first.push({
      text: 'UPDATE protection SET floor_owed = coalesce($1, floor_owed), revision = revision + 1 WHERE id = 1',
      values: [owed],
    });
  }
  const answers = await connection.ask([...first, raiseGeneration(name, owner), readProtection, COMMIT]);
  const [[raised] = [], [protection] = []] = answers.slice(first.length);
  const instance = instanceOf(raised as Row);
  return { instance, ...(await readAll(connection, instance, protection?.['revision'] as bigint)) };
}
