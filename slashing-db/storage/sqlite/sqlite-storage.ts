import type Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { isVigilError } from '../../../core/errors.ts';
import { bytesOf, type Root, rootFromBytes } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { HostIdentity } from '../../anchor/host-identity.ts';
import type { DatabaseEvidence } from '../../anchor/judge-evidence.ts';
import { slashingDbError } from '../../errors.ts';
import type { Decision } from '../../history/decision.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type { Storage, StorageRecord, StoredState } from '../storage-port.ts';
import { readEvidence, readMark, writeHost } from './evidence-table.ts';
import { HistoryTable } from './history-table.ts';
import { takeInstanceLock, type InstanceLock } from './instance-lock.ts';
import { loadState } from './load-state.ts';
import { openDatabase } from './open-database.ts';
import { sameFileCheck } from './same-file.ts';
import { searchHistory } from './search-history.ts';
import { prepareWrites } from './write-records.ts';

export interface SqliteStorageOptions {
  readonly path: string;
  readonly genesisValidatorsRoot: Root;
  readonly host: HostIdentity;
  readonly historyMaxRecords: bigint;
  /**
   * Looks at what the database says of itself before anything in it is changed; throws to keep it shut.
   * @returns why a boot floor is due, or null
   */
  readonly judge: (evidence: DatabaseEvidence | null) => string | null;
}

/** The embedded storage: one SQLite file, one connection that owns it, one fsync per batch. */
export class SqliteStorage implements Storage {
  readonly #db: Database.Database;
  readonly #lock: InstanceLock;
  readonly #host: HostIdentity;
  readonly #assertSameFile: () => void;
  readonly #commitBatch: (records: readonly StorageRecord[]) => void;
  readonly #history: HistoryTable;
  #mark: StorageMark;
  #failed = false;

  /** @throws DB_IN_USE, DB_WRONG_NETWORK, what `judge` throws and those of {@link openDatabase} */
  static open(options: SqliteStorageOptions): SqliteStorage {
    const lock = takeInstanceLock(options.path);
    let db: Database.Database | null = null;
    try {
      db = openDatabase(options.path);
      const floorOwed = options.judge(readEvidence(db));
      bindToNetwork(db, options.path, options.genesisValidatorsRoot);
      return new SqliteStorage(db, lock, options, floorOwed);
    } catch (error) {
      db?.close();
      lock.release();
      throw error;
    }
  }

  private constructor(
    db: Database.Database,
    lock: InstanceLock,
    options: SqliteStorageOptions,
    floorOwed: string | null,
  ) {
    this.#assertSameFile = sameFileCheck(options.path);
    this.#db = db;
    this.#lock = lock;
    this.#host = options.host;
    this.#mark = enter(db, options.host, floorOwed);
    this.#history = new HistoryTable(db, this.#mark.databaseId, options.historyMaxRecords);
    const write = prepareWrites(db);
    const advanceFence = db.prepare(
      'UPDATE fence SET sequence = sequence + 1 WHERE id = 1 AND generation = ? AND sequence = ?',
    );
    const transaction = db.transaction((records: readonly StorageRecord[]) => {
      if (advanceFence.run(this.#mark.generation, this.#mark.sequence).changes !== 1) {
        throw slashingDbError('DB_FENCED');
      }
      const decisions: Decision[] = [];
      for (const record of records) {
        if (record.kind === 'decision') decisions.push(record.decision);
        else write(record);
      }
      this.#history.append(decisions);
    });
    // IMMEDIATE: the write lock is taken before anything is read, so no other writer can come in between.
    this.#commitBatch = transaction.immediate.bind(transaction);
  }

  load(): StoredState {
    return loadState(this.#db);
  }

  mark(): StorageMark {
    return this.#mark;
  }

  // Synchronous inside: the connection belongs to this thread. Async by contract, so that an adapter across a
  // thread or a network fits the same port.
  commit(records: readonly StorageRecord[]): Promise<void> {
    try {
      this.#assertSameFile();
      this.#commitBatch(records);
      const { head: history, base: historyBase } = this.#history;
      this.#mark = { ...this.#mark, sequence: this.#mark.sequence + 1n, history, historyBase };
      return Promise.resolve();
    } catch (error) {
      this.#failed = true;
      const failure = isVigilError(error)
        ? error
        : slashingDbError('DB_COMMIT_FAILED', `commit failed: ${(error as Error).message}`, error);
      return Promise.reject(failure);
    }
  }

  search(search: RecordsSearch): Promise<FoundRecords> {
    return searchHistory(this.#db, search);
  }

  close(): Promise<void> {
    if (!this.#db.open) return Promise.resolve();
    try {
      if (!this.#failed) this.#leave();
    } finally {
      this.#db.close();
      this.#lock.release();
    }
    return Promise.resolve();
  }

  /** Only who still holds the fence may say that all was left in order. */
  #leave(): void {
    this.#db
      .transaction(() => {
        const now = readMark(this.#db);
        const ours = now?.generation === this.#mark.generation && now.sequence === this.#mark.sequence;
        if (ours) writeHost(this.#db, this.#host, true);
      })
      .immediate();
  }
}

/**
 * Opening raises the generation: whoever had the file open before us is refused at its next commit. It also wipes out
 * what spoke for a boot floor, so that the debt is written in the same transaction.
 */
function enter(db: Database.Database, host: HostIdentity, floorOwed: string | null): StorageMark {
  return db
    .transaction(() => {
      db.prepare('UPDATE fence SET generation = generation + 1 WHERE id = 1').run();
      writeHost(db, host, false);
      db.prepare('UPDATE protection SET floor_owed = coalesce(?, floor_owed) WHERE id = 1').run(floorOwed);
      const mark = readMark(db);
      if (mark === null) throw slashingDbError('DB_CORRUPT', 'the database is bound to no network');
      return mark;
    })
    .immediate();
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
