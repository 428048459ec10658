import type { Pubkey } from '../../../core/units.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type {
  ActKeys,
  ActWrites,
  FoundAgain,
  SharedStorage,
  SigningBatch,
  SigningResult,
} from '../sharing-port.ts';
import type { StoredState } from '../storage-port.ts';
import { connect, introduce } from './connect.ts';
import { enterDatabase } from './enter-database.ts';
import { lookForActs } from './look-for-acts.ts';
import { opening } from './opening.ts';
import { Reader } from './reader.ts';
import { runAct } from './run-act.ts';
import { Seat } from './seat.ts';
import { signBatch } from './sign-batch.ts';
import type { PostgresStorageOptions } from './storage-options.ts';
import { takeSeatAgain } from './take-seat-again.ts';

/** A signer's place in a database that others use too. One connection; one thing at a time on it. */
export class PostgresStorage implements SharedStorage {
  readonly #options: PostgresStorageOptions;
  readonly #seat: Seat;
  readonly #reader: Reader;
  #loaded: StoredState | null;

  /** @throws DB_UNREACHABLE, DB_SERVER_UNFIT, DB_SCHEMA_*, DB_WRONG_NETWORK and what `judge` throws */
  static open(options: PostgresStorageOptions): Promise<PostgresStorage> {
    return opening(options.target, async () => {
      const connection = await connect(options.target);
      try {
        const databaseId = await introduce(connection, options.genesisValidatorsRoot);
        const { state, ...entered } = await enterDatabase(connection, options, databaseId);
        const seat = new Seat(connection, { databaseId, ...entered }, options.onCommit);
        return new PostgresStorage(options, seat, state);
      } catch (error) {
        connection.destroy();
        throw error;
      }
    });
  }

  private constructor(options: PostgresStorageOptions, seat: Seat, state: StoredState) {
    this.#options = options;
    this.#seat = seat;
    this.#reader = new Reader(options.target, seat.databaseId);
    this.#loaded = state;
  }

  get databaseId(): string {
    return this.#seat.databaseId;
  }

  get signer(): string {
    return this.#seat.instance.name;
  }

  load(): StoredState {
    if (this.#loaded === null) throw new Error('a storage is loaded once');
    const state = this.#loaded;
    this.#loaded = null;
    return state;
  }

  mark(): StorageMark {
    return this.#seat.mark();
  }

  sign(batch: SigningBatch): Promise<SigningResult> {
    return signBatch(this.#seat, batch);
  }

  refresh(): Promise<StoredState | null> {
    return lookForActs(this.#seat, this.#options.historyMaxRecords);
  }

  act(keys: ActKeys, run: (present: StoredState) => ActWrites): Promise<void> {
    return runAct(this.#seat, keys, run);
  }

  read(pubkeys: readonly Pubkey[] | 'all'): Promise<StoredState> {
    return this.#reader.state(pubkeys);
  }

  reconnect(): Promise<FoundAgain> {
    return takeSeatAgain(this.#seat, this.#options);
  }

  search(search: RecordsSearch): Promise<FoundRecords> {
    return this.#reader.search(search);
  }

  freezeAll(why: Error): Promise<Error> {
    return this.#seat.freezeAll(why);
  }

  async close(): Promise<void> {
    await Promise.all([this.#seat.connection.close(), this.#reader.close()]);
    this.#options.onClose();
  }
}
