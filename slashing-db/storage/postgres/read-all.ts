import { DatabaseAway } from '../sharing-port.ts';
import type { StoredState } from '../storage-port.ts';
import { ACT_MS, type Connection } from './connection.ts';
import { isAsLeft, readInstance, type InstanceRow } from './instance-row.ts';
import { SNAPSHOT } from './read-server.ts';
import { allState, stateOf } from './read-state.ts';
import { COMMIT } from './sign-statement.ts';

/**
 * All that a database knows, for a signer that has just taken its place there. It may be much, and take its time: nothing
 * is locked meanwhile. What others do after it was read is news like any other.
 * @param revision that it had when the place was taken
 */
export async function readAll(
  connection: Connection,
  instance: InstanceRow,
  revision: bigint,
): Promise<{ readonly revision: bigint; readonly state: StoredState }> {
  const [, [row] = [], [protection] = [], keys = [], [latest] = []] = await connection.ask(
    [SNAPSHOT, readInstance(instance.name), ...allState, COMMIT],
    ACT_MS,
  );
  const read = protection?.['revision'] as bigint;
  // Whether it went back or was taken over, the next look will tell.
  if (!isAsLeft(row, instance) || read < revision) {
    throw new DatabaseAway(`the row of the signer ${instance.name} changes under it`);
  }
  return { revision: read, state: stateOf(protection, keys, latest) };
}
