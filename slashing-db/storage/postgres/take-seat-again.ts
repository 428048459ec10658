import { isVigilError } from '../../../core/errors.ts';
import type { FoundAgain } from '../sharing-port.ts';
import { connect, introduce } from './connect.ts';
import type { Row } from './connection.ts';
import { instanceOf, keptHashOf, lockInstance, raiseGeneration, readKeptHash } from './instance-row.ts';
import { judgeReturn } from './judge-return.ts';
import { endStuckSessions } from './end-stuck-sessions.ts';
import { readAll } from './read-all.ts';
import { lockProtection } from './read-state.ts';
import type { Seat } from './seat.ts';
import { BEGIN, COMMIT } from './sign-statement.ts';
import type { PostgresStorageOptions } from './storage-options.ts';

/**
 * Connects anew, settles what became of the commit that was under way, and makes sure that nothing is missing.
 * @throws as {@link SharedStorage.reconnect}
 */
export async function takeSeatAgain(seat: Seat, options: PostgresStorageOptions): Promise<FoundAgain> {
  seat.connection.destroy();
  const connection = await connect(options.target);
  try {
    const databaseId = await introduce(connection, options.genesisValidatorsRoot);
    await endStuckSessions(connection, databaseId);
    const { name, owner } = seat.instance;
    const [, [protection] = [], [row] = [], [kept] = []] = await connection.ask([
      ...[BEGIN, lockProtection, lockInstance(name), readKeptHash(seat.instance)],
    ]);
    const left = row === undefined ? null : instanceOf(row);
    const found = { databaseId, instance: left, protection, keptHash: keptHashOf(kept) };
    const settled = judgeReturn(seat.known, found, seat.underWay?.head ?? null);
    const [[raised] = []] = await connection.ask([raiseGeneration(name, owner), COMMIT]);
    const instance = instanceOf(raised as Row);
    const { state, revision } = await readAll(connection, instance, protection?.['revision'] as bigint);
    // Only now: should the reading fail, the next try has to settle it once more.
    if (settled === 'committed') seat.committed();
    seat.takeAgain(connection, instance, revision);
    return { state, committed: settled === 'committed' };
  } catch (error) {
    const why = isVigilError(error, 'DB_ROLLED_BACK') ? await seat.freezeAll(error, connection) : error;
    connection.destroy();
    throw seat.given(why);
  }
}
