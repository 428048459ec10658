import type { Pubkey } from '../../../core/units.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type { StoredState } from '../storage-port.ts';
import { away } from './away.ts';
import { connect } from './connect.ts';
import { ACT_MS, type Connection } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import { allState, stateOf, stateOfKeys } from './read-state.ts';
import { searchHistory } from './search-history.ts';

/** Reads over a connection of its own, made when it is first wanted: no signature waits behind it. */
export class Reader {
  readonly #target: PostgresTarget;
  #opened: Promise<Connection> | null = null;

  constructor(target: PostgresTarget) {
    this.#target = target;
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

  /** One for all who read at the same time. */
  async #connected(): Promise<Connection> {
    const opened = (this.#opened ??= connect(this.#target));
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
