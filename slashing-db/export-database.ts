import { readHostIdentity, type HostIdentity } from './anchor/host-identity.ts';
import { judgeEvidence } from './anchor/judge-evidence.ts';
import { readable, readAnchors } from './anchor/read-anchors.ts';
import { aboveFloor } from './boot-floor.ts';
import { slashingDbError } from './errors.ts';
import { writeInterchange } from './interchange/write-interchange.ts';
import { refuseRollback } from './open-storage.ts';
import { refuseRolledBackServer } from './shared/judge-anchors.ts';
import { readEvidence } from './storage/sqlite/evidence-table.ts';
import { takeInstanceLock } from './storage/sqlite/instance-lock.ts';
import { openDatabaseReadOnly } from './storage/sqlite/open-database.ts';
import { readStatus, type DatabaseStatus } from './storage/sqlite/read-status.ts';
import { assertIdle, readingServer, SNAPSHOT, statusIn } from './storage/postgres/read-server.ts';
import { serverEvidence } from './storage/postgres/server-evidence.ts';
import { COMMIT } from './storage/postgres/sign-statement.ts';
import { shownUrl, type PostgresTarget } from './storage/postgres/database-url.ts';

/**
 * The same of a database on a server, held against the anchors of those signers that are at hand.
 * @throws DB_IN_USE while signers are connected, DB_UNREACHABLE, DB_ROLLED_BACK, DB_FLOOR_OWED
 */
export function exportServer(
  target: PostgresTarget,
  anchors: readonly string[] = [],
): Promise<{ readonly keys: number; readonly text: string }> {
  const shown = shownUrl(target.url);
  return readingServer(target, async (connection, databaseId) => {
    const found = readAnchors(anchors);
    await connection.ask([SNAPSHOT]);
    const status = await statusIn(connection, databaseId);
    const evidence = await serverEvidence(connection, databaseId, readable(found));
    await connection.ask([COMMIT]);
    assertIdle(target, status);
    refuseRolledBackServer(shown, evidence, found);
    return documentOf(shown, status);
  });
}

function documentOf(
  shown: string,
  {
    genesisValidatorsRoot,
    keys,
    protection,
  }: Pick<DatabaseStatus, 'genesisValidatorsRoot' | 'keys' | 'protection'>,
) {
  const { floor, floorOwed } = protection;
  if (floorOwed !== null)
    throw slashingDbError('DB_FLOOR_OWED', `${shown}: a boot floor is due: ${floorOwed}`);
  const raised = keys.map((key) => aboveFloor(floor, key));
  return { keys: keys.length, text: [...writeInterchange(genesisValidatorsRoot, raised)].join('') };
}

/**
 * The interchange document of a database that nobody has open. While a signer runs, its export would be out of date
 * at once, and a key moved with it could be slashed; so it is refused then, and of a database that has gone back.
 * @throws DB_IN_USE, DB_CANNOT_OPEN, DB_NOT_OURS, DB_CORRUPT, DB_ROLLED_BACK, DB_FROM_ANOTHER_MACHINE,
 *   DB_FLOOR_OWED
 */
export function exportDatabase(
  path: string,
  anchors: readonly string[],
  host: HostIdentity = readHostIdentity(),
): { readonly keys: number; readonly text: string } {
  const lock = takeInstanceLock(path);
  try {
    const db = openDatabaseReadOnly(path);
    try {
      refuseRollback(path, judgeEvidence(readEvidence(db), readAnchors(anchors), host));
      return documentOf(path, readStatus(db));
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
}
