import { rootFromBytes, type Root } from '../../../core/units.ts';
import type { StoredKey } from '../storage-port.ts';
import { loadStoredKeys } from './load-keys.ts';
import { openDatabaseReadOnly } from './open-database.ts';

export interface DatabaseStatus {
  readonly genesisValidatorsRoot: Root;
  readonly databaseId: string;
  readonly generation: bigint;
  /** Commits ever made. */
  readonly sequence: bigint;
  readonly keys: readonly StoredKey[];
}

/** What `slashing-db status` shows. Reads beside a running daemon and takes no lock that would stop it. */
export function readDatabaseStatus(path: string): DatabaseStatus {
  const db = openDatabaseReadOnly(path);
  try {
    const chain = db.prepare('SELECT database_id, genesis_validators_root FROM chain').get() as {
      database_id: string;
      genesis_validators_root: Uint8Array;
    };
    const fence = db.prepare('SELECT generation, sequence FROM fence').get() as {
      generation: bigint;
      sequence: bigint;
    };
    return {
      genesisValidatorsRoot: rootFromBytes(chain.genesis_validators_root),
      databaseId: chain.database_id,
      ...fence,
      keys: loadStoredKeys(db),
    };
  } finally {
    db.close();
  }
}
