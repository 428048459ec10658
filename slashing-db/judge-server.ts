import { readable, readAnchors } from './anchor/read-anchors.ts';
import { judgeAnchors, type SharedVerdict } from './shared/judge-anchors.ts';
import type { SharedPlace } from './shared/open-shared.ts';
import { assertSchema } from './storage/postgres/assert-fit.ts';
import { connect } from './storage/postgres/connect.ts';
import { opening } from './storage/postgres/opening.ts';
import { SNAPSHOT, statusIn, type ServerStatus } from './storage/postgres/read-server.ts';
import { serverEvidence } from './storage/postgres/server-evidence.ts';
import { COMMIT } from './storage/postgres/sign-statement.ts';

/** A database on a server, as a start of one of its signers would find it. */
export interface ServerJudgement {
  readonly status: ServerStatus;
  readonly verdict: SharedVerdict;
  /** The latest slot that each signer has put on record. */
  readonly latestSlots: readonly { readonly signer: string; readonly slot: bigint }[];
  /** How many standbys follow the server without any commit waiting for them. */
  readonly standbysNotWaitedFor: number;
}

const LATEST_SLOTS = { text: 'SELECT name, latest_slot FROM instances ORDER BY latest_slot DESC, name' };
const STANDBYS = {
  text: `SELECT count(*) AS standbys FROM pg_stat_replication WHERE current_setting('synchronous_standby_names') = ''`,
};

/**
 * How the next start of a signer will judge the database on its server; works beside running signers and changes nothing.
 * @throws DB_UNREACHABLE, DB_SERVER_UNFIT, DB_SCHEMA_*, and what else keeps a start from reading it
 */
export function judgeServer(place: SharedPlace, anchors: readonly string[]): Promise<ServerJudgement> {
  return opening(place, async () => {
    // Before the database: what is committed in between must not look like an anchor that is ahead of it.
    const found = readAnchors(anchors);
    const connection = await connect(place);
    try {
      const databaseId = await assertSchema(connection, null);
      await connection.ask([SNAPSHOT]);
      const status = await statusIn(connection, databaseId);
      const evidence = await serverEvidence(connection, databaseId, readable(found));
      const [slots = [], [followed] = []] = await connection.ask([LATEST_SLOTS, STANDBYS, COMMIT]);
      return {
        status,
        verdict: judgeAnchors(evidence, found, place.instance),
        latestSlots: slots.map((row) => ({
          signer: row['name'] as string,
          slot: row['latest_slot'] as bigint,
        })),
        standbysNotWaitedFor: Number(followed?.['standbys']),
      };
    } finally {
      await connection.close();
    }
  });
}
