import { readHostIdentity } from '../../slashing-db/anchor/host-identity.ts';
import { SqliteStorage } from '../../slashing-db/storage/sqlite/sqlite-storage.ts';
import { SPEC } from './slashing-fixtures.ts';

/** The real storage without a guard over it. */
export const openTestStorage = (path: string): SqliteStorage =>
  SqliteStorage.open({
    path,
    genesisValidatorsRoot: SPEC.genesisValidatorsRoot,
    host: readHostIdentity(),
    historyMaxRecords: 1000n,
    judge: () => null,
  });
