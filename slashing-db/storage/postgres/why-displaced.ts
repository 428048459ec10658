import { DatabaseAway } from '../sharing-port.ts';
import type { Connection } from './connection.ts';
import { instanceOf, keptHashOf, readInstance, readKeptHash } from './instance-row.ts';
import { judgeReturn, type Known } from './judge-return.ts';
import { readProtection } from './read-state.ts';

/**
 * What a signer is to be told whose row is not as it left it, though its connection never broke: another process took
 * its place, or the rows of a backup were put back under it.
 * @returns DB_FENCED, DB_ROLLED_BACK, DB_SIGNER_UNKNOWN, or DatabaseAway when all is well again at this second look
 */
export async function whyDisplaced(connection: Connection, known: Known): Promise<Error> {
  const { name } = known.instance;
  const [[chain] = [], [protection] = [], [row] = [], [kept] = []] = await connection.ask([
    { text: 'SELECT database_id FROM chain' },
    readProtection,
    readInstance(name),
    readKeptHash(known.instance),
  ]);
  const instance = row === undefined ? null : instanceOf(row);
  try {
    const databaseId = String(chain?.['database_id']);
    judgeReturn(known, { databaseId, instance, protection, keptHash: keptHashOf(kept) }, null);
  } catch (error) {
    return error as Error;
  }
  return new DatabaseAway(`the row of the signer ${name} changes under it`);
}
