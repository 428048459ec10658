import type { Root } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import type { StorageRecord } from '../storage-port.ts';
import type { PostgresTarget } from './database-url.ts';

export interface PostgresStorageOptions {
  readonly target: PostgresTarget;
  readonly genesisValidatorsRoot: Root;
  /** The name of this signer among those that use the database. */
  readonly instance: string;
  readonly historyMaxRecords: bigint;
  /** Records of the history that anchors remember. */
  readonly remembered: readonly bigint[];
  /**
   * Looks at what the database says of itself before anything in it is changed; throws to keep it shut.
   * @param lost a signer that anchors know was made in this database, and it does not know it any more
   * @returns why a boot floor is due, or null
   */
  readonly judge: (evidence: DatabaseEvidence | null, lost: boolean) => string | null;
  /** Told of every commit before it counts as done. */
  readonly onCommit: (mark: StorageMark, records: readonly StorageRecord[]) => void;
  readonly onClose: () => void;
  /** Ids that anchors know signers by: one of this database that has gone back, or is gone, stops all signers. */
  readonly anchored: ReadonlySet<string>;
}
