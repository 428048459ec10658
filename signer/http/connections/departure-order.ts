import type { Connection } from './connection.ts';
import { Line, type Spot } from './line.ts';

/**
 * Connections in the order in which they go when room is needed: those first that never did what a client is here for,
 * and of these, as of the others, who was silent for the longest time.
 */
export class DepartureOrder {
  readonly #unproven = new Line<Connection>();
  readonly #proven = new Line<Connection>();
  readonly #spots = new Map<Connection, Spot<Connection>>();

  get size(): number {
    return this.#spots.size;
  }

  /** Puts it at the end of its kind, also when it was there before. */
  add(connection: Connection): void {
    const line = connection.proven ? this.#proven : this.#unproven;
    const spot = this.#spots.get(connection);
    if (spot === undefined) this.#spots.set(connection, line.enter(connection));
    else line.append(spot);
  }

  has(connection: Connection): boolean {
    return this.#spots.has(connection);
  }

  delete(connection: Connection): void {
    const spot = this.#spots.get(connection);
    if (spot === undefined) return;
    spot.line?.leave(spot);
    this.#spots.delete(connection);
  }

  *[Symbol.iterator](): Iterator<Connection> {
    for (const { value } of this.#unproven) yield value;
    for (const { value } of this.#proven) yield value;
  }
}
