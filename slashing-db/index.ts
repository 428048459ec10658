import { SlashingGuard, type SlashingGuardOptions } from './slashing-guard.ts';
import { SqliteStorage } from './storage/sqlite/sqlite-storage.ts';
import type { Guard } from './guard-contract.ts';

/** The public door of the slashing guard. What is not exported here is nobody's business outside. */
export type {
  Guard,
  ImportOptions,
  ImportReport,
  KeyState,
  KeyStatus,
  OnMissingHistory,
  Outcome,
} from './guard-contract.ts';
export type { AttestationMessage, BlockMessage, GuardedMessage, UnslashableMessage } from './message.ts';
export { REFUSALS, type Refusal, type RefusalReason } from './refusals.ts';
export { SLASHING_DB_ERRORS } from './errors.ts';
export { exportDatabase } from './export-database.ts';
export { readDatabaseStatus, type DatabaseStatus } from './storage/sqlite/read-status.ts';

export interface OpenGuardOptions extends SlashingGuardOptions {
  /** The SQLite file; made if it does not exist. Its directory must exist. */
  readonly path: string;
}

/**
 * Opens the slashing database and takes sole possession of it until `close()`.
 * @throws DB_IN_USE, DB_CANNOT_OPEN, DB_FILE_EXPOSED, DB_NOT_OURS, DB_SCHEMA_TOO_NEW, DB_WRONG_NETWORK,
 *   DB_NOT_DURABLE, DB_CORRUPT
 */
export function openGuard(options: OpenGuardOptions): Guard {
  const storage = SqliteStorage.open(options.path, options.spec.genesisValidatorsRoot);
  return new SlashingGuard(storage, options);
}
