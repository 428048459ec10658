import type { Root } from '../../../core/units.ts';
import type { AnchorRecord, StorageMark } from '../../anchor/anchor-record.ts';
import type { StorageRecord } from '../storage-port.ts';
import type { PostgresTarget } from './database-url.ts';
import type { ServerEvidence } from './server-evidence.ts';

export interface PostgresStorageOptions {
  readonly target: PostgresTarget;
  readonly genesisValidatorsRoot: Root;
  /** The name of this signer among those that use the database. */
  readonly instance: string;
  readonly historyMaxRecords: bigint;
  readonly anchors: readonly AnchorRecord[];
  /**
   * Looks at what the database says of those whom the anchors know before anything in it is changed; throws to keep it
   * shut. DB_ROLLED_BACK stops all signers that use it.
   * @returns why a boot floor is due, or null
   */
  readonly judge: (evidence: ServerEvidence) => string | null;
  /** Told of every commit before it counts as done. */
  readonly onCommit: (mark: StorageMark, records: readonly StorageRecord[]) => void;
  readonly onClose: () => void;
}
