import { isVigilError } from '../../../core/errors.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import { slashingDbError } from '../../errors.ts';
import type { ChainHead } from '../../history/hash-chain.ts';
import type { StorageRecord } from '../storage-port.ts';
import { away } from './away.ts';
import type { Connection, Query, Row } from './connection.ts';
import { markOf, type InstanceRow } from './instance-row.ts';
import { freezeAfterRollback, type Known } from './judge-return.ts';
import { BEGIN, COMMIT, ROLLBACK } from './sign-statement.ts';
import { whyDisplaced } from './why-displaced.ts';

/** What was sent and not answered: the head that the history then has, and what goes into the anchors. */
export interface Commit {
  readonly head: ChainHead;
  readonly records: readonly StorageRecord[];
}

/** A try ends when the lock is had, or after two seconds. */
const MOST_TRIES = 5;

/**
 * A signer's seat at a database: its connection, its row as this process left it, the acts that it knows of, and the one
 * commit that may be under way. One thing at a time is done from it.
 */
export class Seat {
  readonly databaseId: string;
  readonly #onCommit: (mark: StorageMark, records: readonly StorageRecord[]) => void;
  #connection: Connection;
  #instance: InstanceRow;
  #underWay: Commit | null = null;
  /** The number of the latest act that is known here. */
  revision: bigint;

  constructor(
    connection: Connection,
    { databaseId, instance, revision }: Known,
    onCommit: (mark: StorageMark, records: readonly StorageRecord[]) => void,
  ) {
    this.databaseId = databaseId;
    this.#connection = connection;
    this.#instance = instance;
    this.revision = revision;
    this.#onCommit = onCommit;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get instance(): InstanceRow {
    return this.#instance;
  }

  get underWay(): Commit | null {
    return this.#underWay;
  }

  /** What the database is held to. */
  get known(): Known {
    return { databaseId: this.databaseId, instance: this.#instance, revision: this.revision };
  }

  ask(queries: readonly Query[], answerMs?: number): Promise<Row[][]> {
    return this.#connection.ask(queries, answerMs);
  }

  mark(): StorageMark {
    return markOf(this.#instance);
  }

  /** To be called before a commit is sent: if it is never answered, this is what is asked of the database later. */
  sends(commit: Commit): void {
    this.#underWay = commit;
  }

  /** It was answered: nothing was written. */
  wroteNothing(): void {
    this.#underWay = null;
  }

  /** It was answered: all of it is on record. The anchors learn it before anybody else does. */
  committed(): void {
    const { head = this.#instance.head, records = [] } = this.#underWay ?? {};
    this.#instance = { ...this.#instance, sequence: this.#instance.sequence + 1n, head };
    this.#onCommit(this.mark(), records);
    this.#underWay = null;
  }

  /** The oldest records of the history were removed. */
  pruned(base: ChainHead): void {
    this.#instance = { ...this.#instance, base };
  }

  /** Goes on over another connection, with the row as it stands after the generation was raised over it. */
  takeAgain(connection: Connection, instance: InstanceRow, revision: bigint): void {
    this.#underWay = null;
    this.#instance = instance;
    this.#onCommit(this.mark(), []);
    this.revision = revision;
    this.#connection = connection;
  }

  /**
   * Tells all signers that the database lost records: until the operator has looked, none signs.
   * @returns what to end with: `why`, and that the others could not be told if so
   */
  async freezeAll(why: Error, connection = this.#connection): Promise<Error> {
    const freeze = [ROLLBACK, BEGIN, ...freezeAfterRollback(this.#instance.name, why.message), COMMIT];
    // Somebody may hold the row for a while; the others have to be stopped all the same.
    for (let tries = 0; tries < MOST_TRIES && !connection.lost; tries += 1) {
      const frozen = await connection.ask(freeze).then(
        () => true,
        () => false,
      );
      if (frozen) return why;
    }
    const untold = 'and the other signers could not be told: freeze all keys at one of them';
    return slashingDbError('DB_ROLLED_BACK', `${why.message}; ${untold}`, why);
  }

  /** Why the signer's row is not as this process left it. All signers are stopped when the database has gone back. */
  async displaced(): Promise<Error> {
    const why = await whyDisplaced(this.#connection, this.known);
    return isVigilError(why, 'DB_ROLLED_BACK') ? this.freezeAll(why) : why;
  }

  /** What is not ours ends the connection: after it nobody knows what state it is in. */
  given(error: unknown): Error {
    this.#connection.destroy();
    return away(error);
  }
}
