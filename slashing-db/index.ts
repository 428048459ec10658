/** The public door of the slashing guard. What is not exported here is nobody's business outside. */
export type {
  AcceptedHistory,
  Act,
  Guard,
  ImportOptions,
  ImportReport,
  KeyState,
  KeyStatus,
  OnMissingHistory,
  OperatorDoor,
  Outcome,
  RecordedChange,
} from './guard-contract.ts';
export type { AttestationMessage, BlockMessage, GuardedMessage, UnslashableMessage } from './message.ts';
export { REFUSALS, type Refusal, type RefusalReason } from './refusals.ts';
export { SLASHING_DB_ERRORS } from './errors.ts';
export { backupDatabase, type BackupReport } from './backup-database.ts';
export { exportDatabase, exportServer } from './export-database.ts';
export { assertLocal, fleetingFilesystem } from './storage/sqlite/filesystem.ts';
export { readDatabaseStatus, type DatabaseStatus } from './storage/sqlite/read-status.ts';
export { openAnyGuard, openGuard, openThreadedGuard, type OpenGuardOptions } from './open-guard.ts';
export { isDatabaseUrl, type PostgresTarget } from './storage/postgres/database-url.ts';
export { migrateDatabase, type MigrationReport } from './storage/postgres/migrate-database.ts';
export { readServerStatus, type ServerStatus } from './storage/postgres/read-server.ts';
export { newestOfServer, readServerHistory, type RecordFilter } from './storage/postgres/server-history.ts';
export type { SignerHistory } from './history/signer-history.ts';
export { verifyServer, type ServerReport } from './storage/postgres/verify-server.ts';
export { shownUrl } from './storage/postgres/database-url.ts';
export { copyDatabase, type CopyReport } from './copy-database.ts';
export type { CopySource, FileSource } from './copy-source.ts';
export type { SharedPlace } from './shared/open-shared.ts';
export { keptName } from './shared/kept-name.ts';
export { readInterchange, type InterchangeContent } from './interchange/read-interchange.ts';
export { acceptRollback, importInterchangeFile, type Resolution } from './resolve-rollback.ts';
export { readHostIdentity } from './anchor/host-identity.ts';
export type { BootFloor, Floor } from './boot-floor.ts';
export { NO_PROTECTION, type Freeze, type KeyControl, type Protection } from './key-controls.ts';
export { decodeReceipt, encodeReceipt, type HandoverReceipt } from './handover/receipt.ts';
export type { Asked } from './history/decision.ts';
export {
  SEEN_VERDICTS,
  type LookedUp,
  type SeenMessage,
  type SeenReport,
  type SeenVerdict,
} from './history/look-up.ts';
export { readHistory, type HistorySnapshot } from './history/read-history.ts';
export { exportHistory, exportServerHistory, recordAsJson } from './history/export-history.ts';
export { verifyHistory, type HistoryFault, type HistoryReport } from './history/verify-history.ts';
export type { HistoryRecord } from './history/hash-chain.ts';
export { judgeDatabase } from './judge-database.ts';
export { judgeServer, type ServerJudgement } from './judge-server.ts';
export { verifyDatabase, type DatabaseReport } from './verify-database.ts';
