import { DatabaseAway } from '../sharing-port.ts';
import type { Connection } from './connection.ts';
import { sessionName } from './read-server.ts';

/** How old a transaction is that nobody is at any more: nothing that a signer does under locks takes as long. */
const STUCK_SECONDS = 10;

/**
 * Ends the transactions of signers that stopped in the middle: a process that was paused, or a machine that died, while
 * the server sends it rows or has half of a message of it. `idle_in_transaction_session_timeout` is for the time between
 * statements and sees neither, and what they have locked stops everybody. To such a signer it is a lost connection.
 * Commits that wait for a standby do not wait for their client, and are left alone; so is whoever is no signer.
 */
export async function endStuckSessions(connection: Connection, databaseId: string): Promise<void> {
  const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name = $1
      AND pid <> pg_backend_pid() AND wait_event_type = 'Client'
      AND xact_start < clock_timestamp() - interval '${STUCK_SECONDS} seconds'`;
  try {
    await connection.ask([{ text, values: [sessionName(databaseId)] }]);
  } catch (error) {
    // A relative of PostgreSQL may have no such tables: then a lock ends when the server finds its client gone.
    if (error instanceof DatabaseAway) throw error;
  }
}
