import type Database from 'better-sqlite3';
import type { ValidatorState } from '../../beacon/index.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Epoch, Pubkey, Root } from '../../core/units.ts';
import type { EpochRecord } from '../model/epoch-record.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import { checkRecord } from './check-record.ts';
import { Coverage, type Gap } from './coverage.ts';
import type { Interval } from './intervals.ts';
import { prune, type Pruned, type Retention } from './prune.ts';
import { bindChain, readChain, type StoreChain } from './store-chain.ts';
import { storeError } from './store-errors.ts';
import { StoreQueries } from './store-queries.ts';
import { StoreTables } from './store-tables.ts';
import { openDatabase, openDatabaseReadOnly } from './sqlite/open-database.ts';
import type { SeenState } from './tables/statuses-table.ts';
import type { Uncompared } from './tables/uncompared-table.ts';
import type { KnownValidator } from './tables/validators-table.ts';
import { writeEpoch } from './write-epoch.ts';

/** Without a chain an existing file is opened for reading, one snapshot of it, whichever network it is of. */
export interface StoreOptions {
  readonly path: string;
  readonly chain?: StoreChain;
}

/**
 * What is final, on disk. Everything that writes is one transaction, synchronous, and may be done again; several
 * processes may write at once.
 */
export class MonitorStore {
  readonly chain: StoreChain;
  /** Lists and sums. */
  readonly query: StoreQueries;
  readonly #db: Database.Database;
  readonly #tables: StoreTables;
  readonly #coverage: Coverage;

  /** Use {@link openStore}. */
  constructor(db: Database.Database, chain: StoreChain) {
    this.chain = chain;
    this.#db = db;
    this.#tables = new StoreTables(db, chain.slotsPerEpoch);
    this.#coverage = new Coverage(db, this.#tables.coverage);
    this.query = new StoreQueries(db, this.#tables);
  }

  /**
   * All of a record or nothing; what is there already is left alone.
   * @returns for how many validators the epoch is new
   * @throws MONITOR_RECORD_INVALID, MONITOR_LEDGER_SEAM, MONITOR_LEDGER_OVERLAP, MONITOR_CHECKPOINT_CLASH, MONITOR_DB_WRITE_FAILED
   */
  writeEpoch(record: EpochRecord): number {
    checkRecord(record, this.chain.slotsPerEpoch);
    return this.#write(() => writeEpoch(this.#tables, record));
  }

  /**
   * Watches validators from an epoch on, or brings their groups and labels up to date.
   * @throws MONITOR_VALIDATOR_CLASH, MONITOR_RECORD_INVALID
   */
  watch(validators: readonly WatchedValidator[], from: Epoch): void {
    this.#write(() => validators.forEach((validator) => this.#tables.validators.watch(validator, from)));
  }

  /** Their past stays; their gaps are nobody's business any more. */
  unwatch(indices: readonly number[]): void {
    this.#write(() => indices.forEach((index) => this.#tables.validators.unwatch(index)));
  }

  /** Everybody who is or was watched, by index. */
  known(): KnownValidator[] {
    return this.#tables.validators.all();
  }

  knownValidator(index: number): KnownValidator | null {
    return this.#tables.validators.of(index);
  }

  putStatuses(epoch: Epoch, states: readonly ValidatorState[]): void {
    this.#write(() => states.forEach((state) => this.#tables.statuses.put(epoch, state)));
  }

  statusOf(index: number): SeenState | null {
    return this.#tables.statuses.of(index);
  }

  /** Of everybody watched now; both ends included. */
  gaps(from: Epoch, to: Epoch): Gap[] {
    return this.#coverage.gaps(from, to);
  }

  /** Epochs of one validator that are there. */
  coverage(index: number): Interval[] {
    return this.#tables.coverage.of(index);
  }

  /** The first epoch to be written for anybody watched now; null when nobody is. */
  nextEpoch(): Epoch | null {
    return this.#coverage.next();
  }

  /** Gives up epochs that cannot be had, until a backfill brings them; they are still gaps. */
  skip({ from, to }: { readonly from: Epoch; readonly to: Epoch }, reason: string): void {
    this.#write(() => this.#coverage.skip({ first: from, last: to }, reason));
  }

  /** @returns whether it is new: by key and signing root */
  addForeign(message: ForeignMessage): boolean {
    return this.#write(() => this.#tables.foreign.add(message));
  }

  /** What was done about a foreign message, in the end. */
  setForeignAction(pubkey: Pubkey, signingRoot: Root, action: string): boolean {
    return this.#write(() => this.#tables.foreign.act(pubkey, signingRoot, action));
  }

  /** Messages on chain that are not decided yet, as they were kept. */
  openForeign(): string[] {
    return this.#tables.foreign.open();
  }

  keepOpenForeign(messages: readonly string[]): void {
    this.#write(() => this.#tables.foreign.keepOpen(messages));
  }

  /** Epochs that were written and not compared with the signers since, the newest first. */
  uncompared(): Uncompared[] {
    return this.#tables.uncompared.all();
  }

  /** What came of a comparison is durable. */
  compared(marks: readonly Uncompared[]): void {
    this.#write(() => marks.forEach(({ id }) => this.#tables.uncompared.remove(id)));
  }

  /** Takes what is known better than before of a payment. @returns whether it is */
  improvePayment(payment: ExecutionPayment): boolean {
    return this.#write(() => this.#tables.payments.write(payment));
  }

  prune(retention: Retention): Pruned {
    const pruned = this.#write(() => prune(this.#db, this.#tables.votes, this.chain, retention));
    // Outside of the transaction: it gives the free pages back to the file system.
    this.#db.pragma('incremental_vacuum');
    return pruned;
  }

  close(): void {
    this.#db.close();
  }

  #write<T>(work: () => T): T {
    if (this.#db.readonly) throw storeError('MONITOR_DB_READ_ONLY');
    try {
      return this.#db.transaction(work).immediate();
    } catch (error) {
      if (isVigilError(error)) throw error;
      // An amount beyond 64 bits is the record's fault, not the disk's.
      const code = error instanceof RangeError ? 'MONITOR_RECORD_INVALID' : 'MONITOR_DB_WRITE_FAILED';
      throw storeError(code, (error as Error).message, error);
    }
  }
}

/**
 * @throws MONITOR_DB_OTHER_NETWORK, MONITOR_DB_OTHER_CALENDAR, MONITOR_DB_MISSING and what the opening of the file throws
 */
export function openStore({ path, chain }: StoreOptions): MonitorStore {
  const db = chain === undefined ? openDatabaseReadOnly(path) : openDatabase(path);
  try {
    if (chain !== undefined) bindChain(db, chain, path);
    const bound = readChain(db);
    if (bound === null) throw storeError('MONITOR_DB_CORRUPT', `${path} is bound to no network`);
    return new MonitorStore(db, bound);
  } catch (error) {
    db.close();
    throw error;
  }
}
