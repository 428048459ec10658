import type { Pubkey } from '../../../core/units.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type { StoredState } from '../storage-port.ts';
import { DatabaseAway } from '../sharing-port.ts';
import { assertSchema } from './assert-fit.ts';
import { away } from './away.ts';
import { connect } from './connect.ts';
import { ACT_MS, type Connection } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import { allState, stateOf, stateOfKeys } from './read-state.ts';
import { searchHistory } from './search-history.ts';

/** Reads over a connection of its own, made when it is first wanted: no signature waits behind it. */
export class Reader {
  readonly #target: PostgresTarget;
  readonly #databaseId: string;
  #opened: Promise<Connection> | null = null;

  constructor(target: PostgresTarget, databaseId: string) {
    this.#target = target;
    this.#databaseId = databaseId;
  }

  state(pubkeys: readonly Pubkey[] | 'all'): Promise<StoredState> {
    const queries = pubkeys === 'all' ? allState : stateOfKeys(pubkeys);
    return this.#reading(async (connection) => {
      const [[protection] = [], keys = [], [latest] = []] = await connection.ask(queries, ACT_MS);
      return stateOf(protection, keys, latest);
    });
  }

  search(search: RecordsSearch): Promise<FoundRecords> {
    return this.#reading((connection) => searchHistory(connection, search));
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => null))?.close();
  }

  async #reading<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#connected();
    try {
      return await read(connection);
    } catch (error) {
      connection.destroy();
      throw away(error);
    }
  }

  /** A name may lead elsewhere by now: what strangers have on record would speak for or against our keys. */
  async #connect(): Promise<Connection> {
    const connection = await connect(this.#target);
    try {
      if ((await assertSchema(connection, null)) === this.#databaseId) return connection;
      throw new DatabaseAway('the URL leads to another database now');
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** One for all who read at the same time. */
  async #connected(): Promise<Connection> {
    const opened = (this.#opened ??= this.#connect());
    try {
      const connection = await opened;
      if (!connection.lost) return connection;
    } catch (error) {
      if (this.#opened === opened) this.#opened = null;
      throw away(error);
    }
    if (this.#opened === opened) this.#opened = null;
    return this.#connected();
  }
}
