import type { Connection } from './connection.ts';

/**
 * Connections in the order in which they go when room is needed: those first that never did what a client is here for,
 * and of these, as of the others, who was silent for the longest time.
 */
export class DepartureOrder {
  readonly #unproven = new Set<Connection>();
  readonly #proven = new Set<Connection>();

  get size(): number {
    return this.#unproven.size + this.#proven.size;
  }

  /** Puts it at the end of its kind, also when it was there before. */
  add(connection: Connection): void {
    this.delete(connection);
    (connection.proven ? this.#proven : this.#unproven).add(connection);
  }

  /** @returns false when it was not there */
  delete(connection: Connection): boolean {
    return this.#unproven.delete(connection) || this.#proven.delete(connection);
  }

  *[Symbol.iterator](): Iterator<Connection> {
    yield* this.#unproven;
    yield* this.#proven;
  }
}
