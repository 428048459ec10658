import type Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { bytesOf, type Root, rootFromBytes } from '../../../core/units.ts';
import { slashingDbError } from '../../errors.ts';
import type { Storage, StorageRecord, StoredKey } from '../storage-port.ts';
import { takeInstanceLock, type InstanceLock } from './instance-lock.ts';
import { loadStoredKeys } from './load-keys.ts';
import { openDatabase } from './open-database.ts';
import { sameFileCheck } from './same-file.ts';

/** The embedded storage: one SQLite file, one connection that owns it, one fsync per batch. */
export class SqliteStorage implements Storage {
  readonly #db: Database.Database;
  readonly #lock: InstanceLock;
  readonly #generation: bigint;
  #sequence: bigint;
  readonly #assertSameFile: () => void;
  readonly #commitBatch: (records: readonly StorageRecord[]) => void;

  /** @throws DB_IN_USE, DB_WRONG_NETWORK and those of {@link openDatabase} */
  static open(path: string, genesisValidatorsRoot: Root): SqliteStorage {
    const lock = takeInstanceLock(path);
    let db: Database.Database | null = null;
    try {
      db = openDatabase(path);
      bindToNetwork(db, path, genesisValidatorsRoot);
      return new SqliteStorage(db, lock, sameFileCheck(path));
    } catch (error) {
      db?.close();
      lock.release();
      throw error;
    }
  }

  private constructor(db: Database.Database, lock: InstanceLock, assertSameFile: () => void) {
    this.#assertSameFile = assertSameFile;
    this.#db = db;
    this.#lock = lock;
    // Opening raises the generation: whoever had the file open before us is refused at its next commit.
    const fence = db
      .prepare('UPDATE fence SET generation = generation + 1 WHERE id = 1 RETURNING generation, sequence')
      .get() as { generation: bigint; sequence: bigint };
    this.#generation = fence.generation;
    this.#sequence = fence.sequence;
    const write = prepareWrites(db);
    const advanceFence = db.prepare(
      'UPDATE fence SET sequence = sequence + 1 WHERE id = 1 AND generation = ? AND sequence = ?',
    );
    const transaction = db.transaction((records: readonly StorageRecord[]) => {
      if (advanceFence.run(this.#generation, this.#sequence).changes !== 1)
        throw slashingDbError('DB_FENCED');
      for (const record of records) write(record);
    });
    // IMMEDIATE: the write lock is taken before anything is read, so no other writer can come in between.
    this.#commitBatch = transaction.immediate.bind(transaction);
  }

  loadKeys(): StoredKey[] {
    return loadStoredKeys(this.#db);
  }

  // Synchronous inside: the connection belongs to this thread. Async by contract, so that an adapter across a
  // thread or a network fits the same port.
  commit(records: readonly StorageRecord[]): Promise<void> {
    try {
      this.#assertSameFile();
      this.#commitBatch(records);
      this.#sequence += 1n;
      return Promise.resolve();
    } catch (error) {
      const failure = isVigilError(error)
        ? error
        : slashingDbError('DB_COMMIT_FAILED', `commit failed: ${(error as Error).message}`, error);
      return Promise.reject(failure);
    }
  }

  close(): Promise<void> {
    this.#db.close();
    this.#lock.release();
    return Promise.resolve();
  }
}

function prepareWrites(db: Database.Database): (record: StorageRecord) => void {
  const block = db.prepare(`
    INSERT INTO block_watermarks (pubkey, slot, signing_root) VALUES (?, ?, ?)
    ON CONFLICT (pubkey) DO UPDATE SET slot = excluded.slot, signing_root = excluded.signing_root
    WHERE ? OR excluded.slot > slot`);
  const attestation = db.prepare(`
    INSERT INTO attestation_watermarks (pubkey, source, target, signing_root) VALUES (?, ?, ?, ?)
    ON CONFLICT (pubkey) DO UPDATE
    SET source = excluded.source, target = excluded.target, signing_root = excluded.signing_root
    WHERE ? OR (excluded.source >= source AND excluded.target > target)`);
  const state = db.prepare(`
    INSERT INTO keys (pubkey, state) VALUES (?, ?)
    ON CONFLICT (pubkey) DO UPDATE SET state = excluded.state`);

  return (record) => {
    const pubkey = bytesOf(record.pubkey);
    if (record.kind === 'state') {
      state.run(pubkey, record.state);
      return;
    }
    const merge = record.mode === 'merge' ? 1n : 0n;
    const root = record.watermark.signingRoot === null ? null : bytesOf(record.watermark.signingRoot);
    const result =
      record.kind === 'block'
        ? block.run(pubkey, record.watermark.slot, root, merge)
        : attestation.run(pubkey, record.watermark.source, record.watermark.target, root, merge);
    if (result.changes !== 1) {
      throw slashingDbError(
        'DB_COMMIT_FAILED',
        `the stored ${record.kind} watermark is ahead of the one in memory`,
      );
    }
  };
}

/** The first open writes the network into the file; every later one must name the same. */
function bindToNetwork(db: Database.Database, path: string, genesisValidatorsRoot: Root): void {
  db.prepare(
    'INSERT INTO chain (id, database_id, genesis_validators_root) VALUES (1, ?, ?) ON CONFLICT DO NOTHING',
  ).run(randomUUID(), bytesOf(genesisValidatorsRoot));
  const bound = rootFromBytes(
    db.prepare('SELECT genesis_validators_root FROM chain WHERE id = 1').pluck().get() as Uint8Array,
  );
  if (bound !== genesisValidatorsRoot) {
    throw slashingDbError(
      'DB_WRONG_NETWORK',
      `${path} is of genesis validators root ${bound}, the signer is configured for ${genesisValidatorsRoot}`,
    );
  }
}
