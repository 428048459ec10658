import { slashingDbError } from '../../errors.ts';
import type { ActKeys, ActWrites } from '../sharing-port.ts';
import type { StoredState } from '../storage-port.ts';
import { actQueries } from './act-statements.ts';
import { ACT_MS, ANSWER_MS } from './connection.ts';
import { isAsLeft, lockInstance } from './instance-row.ts';
import { lockedState, lockProtection, stateOf } from './read-state.ts';
import type { Seat } from './seat.ts';
import { BEGIN, COMMIT, ROLLBACK } from './sign-statement.ts';
import { mayTryAgain } from './try-again.ts';

/** Four round trips: lock, read, write, commit. Acts are few; what they write depends on what is locked. @throws as {@link SharedStorage.act} */
export async function runAct(
  seat: Seat,
  asked: ActKeys,
  run: (present: StoredState) => ActWrites,
): Promise<void> {
  try {
    const present = await lock(seat, asked);
    const writes = run(present);
    if (writes.keys.length + writes.decisions.length === 0 && writes.protection === null) {
      await seat.ask([ROLLBACK]);
      return;
    }
    const revision = seat.revision + 1n;
    const { name, head: before } = seat.instance;
    const { queries, expected, head } = actQueries(name, before, revision, writes);
    const answers = await seat.ask(queries, patienceFor(writes.keys.length));
    for (const [at, rows] of expected.entries()) {
      if (rows !== null && answers[at]?.length !== rows) {
        throw slashingDbError('DB_COMMIT_FAILED', 'the database is ahead of what was to be written to it');
      }
    }
    seat.sends({ head, records: writes.records });
    await seat.ask([COMMIT], patienceFor(writes.keys.length));
    seat.committed();
    seat.revision = revision;
  } catch (error) {
    throw seat.given(error);
  }
}

/** Milliseconds that the database may take over so many keys. */
const patienceFor = (keys: number): number => (keys > MANY ? ACT_MS : ANSWER_MS);
const MANY = 1000;

async function lock(seat: Seat, asked: ActKeys): Promise<StoredState> {
  for (let tries = 1; ; tries += 1) {
    try {
      // Apart from what may take its time with all keys: a server that says nothing is found out as soon as ever.
      const [, [protection] = [], [row] = []] = await seat.ask([
        ...[BEGIN, lockProtection, lockInstance(seat.instance.name)],
      ]);
      const answers = await seat.ask(
        lockedState(asked, seat.revision),
        patienceFor(typeof asked === 'string' ? Infinity : asked.length),
      );
      const [keys = [], [latest] = []] = answers.slice(-2);
      const revision = protection?.['revision'] as bigint;
      if (!isAsLeft(row, seat.instance) || revision < seat.revision) throw await seat.displaced();
      seat.revision = revision;
      return stateOf(protection, keys, latest);
    } catch (error) {
      if (!mayTryAgain(error, tries)) throw error;
      await seat.ask([ROLLBACK]);
    }
  }
}
