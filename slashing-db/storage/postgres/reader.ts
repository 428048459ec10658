import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import { DatabaseAway } from '../shared-port.ts';
import type { StoredState } from '../storage-port.ts';
import { connect } from './connect.ts';
import { ACT_MS, type Connection } from './connection.ts';
import type { PostgresTarget } from './database-url.ts';
import { allState, stateOf, stateOfKeys } from './read-state.ts';
import { searchHistory } from './search-history.ts';

/** Reads over a connection of its own, made when it is first wanted: no signature waits behind it. */
export class Reader {
  readonly #target: PostgresTarget;
  #connection: Connection | null = null;

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
    await this.#connection?.close();
  }

  async #reading<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      if (this.#connection === null || this.#connection.lost) this.#connection = await connect(this.#target);
      return await read(this.#connection);
    } catch (error) {
      this.#connection?.destroy();
      this.#connection = null;
      throw isVigilError(error) ? error : new DatabaseAway((error as Error).message, { cause: error });
    }
  }
}
