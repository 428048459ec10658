import { randomUUID } from 'node:crypto';
import type { AnchorRecord } from '../../anchor/anchor-record.ts';
import { assertSchema } from './assert-fit.ts';
import { connect } from './connect.ts';
import { ACT_MS, type Connection } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import { opening } from './opening.ts';
import { assertIdle, statusIn, type ServerStatus } from './read-server.ts';
import { lockProtection } from './read-state.ts';
import { serverEvidence, type ServerEvidence } from './server-evidence.ts';
import { BEGIN, COMMIT } from './sign-statement.ts';

/** A database on a server in which nobody can do anything while it is held. */
export interface HeldServer {
  readonly status: ServerStatus;
  readonly evidenceFor: (anchors: readonly AnchorRecord[]) => Promise<ServerEvidence>;
  /**
   * When it is released nobody goes on who was there before, though his connection may only have been lost; and who
   * starts there signs nothing before the freeze is lifted.
   * @param reason for all there is to say of freezes: it takes the place of what is there
   */
  readonly leave: (reason: string) => Promise<void>;
  /** @throws DB_UNREACHABLE when it was not held to the last */
  readonly release: () => Promise<void>;
}

/**
 * Keeps signers out of a database: who wants to take its place waits for the lock on the protection, who wants to commit
 * for the one on its own row, both for as long as its patience lasts and no longer.
 * @throws DB_IN_USE while signers are connected, DB_UNREACHABLE, DB_SERVER_UNFIT, DB_SCHEMA_*
 */
export function holdIdleServer(target: PostgresTarget): Promise<HeldServer> {
  return opening(target, async () => {
    // Of a server that keeps its word: the freeze must not be lost by a crash, after the copy was said to be through.
    const connection = await connect(target);
    try {
      const databaseId = await assertSchema(connection, null);
      // Before anything is locked: signers that run are not to be held up.
      assertIdle(target, await statusIn(connection, databaseId));
      await connection.ask(
        [
          { text: 'SET idle_in_transaction_session_timeout = 0' },
          BEGIN,
          lockProtection,
          { text: 'SELECT 1 FROM instances ORDER BY name FOR UPDATE' },
        ],
        ACT_MS,
      );
      const status = await statusIn(connection, databaseId);
      assertIdle(target, status);
      return {
        status,
        evidenceFor: (anchors) => serverEvidence(connection, databaseId, anchors),
        leave: (reason) => leave(target, connection, reason),
        release: () => release(target, connection),
      };
    } catch (error) {
      connection.destroy();
      throw error;
    }
  });
}

async function leave(target: PostgresTarget, connection: Connection, reason: string): Promise<void> {
  const fence = 'UPDATE instances SET owner = $1, generation = generation + 1';
  const freeze = `UPDATE protection SET frozen_reason = $1, revision = revision + 1,
    frozen_since_ms = coalesce(frozen_since_ms, (extract(epoch FROM now()) * 1000)::int8) WHERE id = 1`;
  await opening(target, async () => {
    await connection.ask([
      { text: fence, values: [randomUUID()] },
      { text: freeze, values: [reason] },
    ]);
  });
}

async function release(target: PostgresTarget, connection: Connection): Promise<void> {
  await opening(target, async () => {
    try {
      await connection.ask([COMMIT]);
    } finally {
      await connection.close();
    }
  });
}
