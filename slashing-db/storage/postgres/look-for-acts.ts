import { rootFromBytes } from '../../../core/units.ts';
import type { StoredState } from '../storage-port.ts';
import { ACT_MS } from './connection.ts';
import { isAsLeft, readInstance } from './instance-row.ts';
import { pruneQueries } from './prune-history.ts';
import { readProtection, stateOf, stateSince } from './read-state.ts';
import { SNAPSHOT } from './read-server.ts';
import type { Seat } from './seat.ts';
import { COMMIT } from './sign-statement.ts';

/**
 * What acts elsewhere changed since the last look; null: nothing. It is also when a signer sees that its own row is not
 * as it left it, though it has nothing to sign, and when it removes what is too old of its history.
 * @throws as {@link SharedStorage.refresh}
 */
export async function lookForActs(seat: Seat, historyMaxRecords: bigint): Promise<StoredState | null> {
  try {
    const prune = pruneQueries(seat.instance, historyMaxRecords);
    const [, [row] = [], [seen] = []] = await seat.ask([
      ...[SNAPSHOT, readInstance(seat.instance.name), readProtection, COMMIT],
    ]);
    if (!isAsLeft(row, seat.instance) || (seen?.['revision'] as bigint) < seat.revision) {
      throw await seat.displaced();
    }
    if (prune !== null) {
      const [[moved] = []] = await seat.ask(prune.queries);
      const hash = moved?.['base_hash'] as Uint8Array | undefined;
      if (hash !== undefined) seat.pruned({ index: prune.upTo, hash: rootFromBytes(hash) });
    }
    if (seen?.['revision'] === seat.revision) return null;
    // Apart, because it may be of all keys: a server that says nothing is found out as soon as ever.
    const [, [protection] = [], keys = [], [latest] = []] = await seat.ask(
      [SNAPSHOT, ...stateSince(seat.revision), COMMIT],
      ACT_MS,
    );
    const revision = protection?.['revision'] as bigint;
    if (revision < seat.revision) throw await seat.displaced();
    seat.revision = revision;
    return stateOf(protection, keys, latest);
  } catch (error) {
    throw seat.given(error);
  }
}
