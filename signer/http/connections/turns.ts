import type { RequestListener, ServerResponse } from 'node:http';
import type { Connection, Exchange } from './connection.ts';

/** Where nothing more is read from a connection until all that waits on it was answered. */
const HOLD_AT = 16;

/**
 * One request of a connection after the other. Node hands out pipelined requests as fast as they come: one client could
 * have thousands under way, ahead of everybody else's. No validator client pipelines, so they lose nothing.
 */
export class Turns {
  readonly #handler: RequestListener;
  readonly #maxWaiting: number;
  readonly #onClosed: () => void;
  #waiting = 0;
  /** Whose answer was over in this turn of the event loop. */
  #ended: Connection[] = [];

  /** @param maxWaiting of all connections together; what pipelines beyond is closed */
  constructor(handler: RequestListener, maxWaiting: number, onClosed: () => void) {
    this.#handler = handler;
    this.#maxWaiting = maxWaiting;
    this.#onClosed = onClosed;
  }

  get waiting(): number {
    return this.#waiting;
  }

  take(connection: Connection, exchange: Exchange): void {
    // After an answer that closes the connection nothing behind it may be signed.
    if (!connection.socket.writable) return;
    if (connection.current === null) {
      this.#begin(connection, exchange);
      return;
    }
    if (this.#waiting >= this.#maxWaiting) {
      // Its requests so far are given up when it is closed.
      this.#onClosed();
      connection.socket.destroy();
      return;
    }
    if (!connection.pipelines) {
      connection.pipelines = true;
      connection.socket.once('close', () => this.#giveUp(connection));
    }
    connection.waiting.push(exchange);
    this.#waiting += 1;
    if (connection.waiting.length >= HOLD_AT) hold(connection);
  }

  /** To be called when an answer is over, or its connection. */
  ended(connection: Connection, response: ServerResponse): void {
    if (connection.current?.response !== response) return;
    // Others first: what came in one piece on one connection must not be worked off in one go.
    if (this.#ended.push(connection) === 1) setImmediate(() => this.#goOn());
  }

  #begin(connection: Connection, exchange: Exchange): void {
    connection.current = exchange;
    this.#handler(exchange.request, exchange.response);
  }

  #goOn(): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const connection of ended) this.#next(connection);
  }

  #next(connection: Connection): void {
    connection.current = null;
    const next = connection.waiting.shift();
    if (next === undefined) return;
    this.#waiting -= 1;
    if (connection.waiting.length === 0) release(connection);
    this.take(connection, next);
  }

  #giveUp(connection: Connection): void {
    this.#waiting -= connection.waiting.length;
    connection.waiting.length = 0;
  }
}

function hold(connection: Connection): void {
  if (connection.held) return;
  connection.held = true;
  const { socket } = connection;
  socket.pause();
  // Whoever reads a body sets the socket going again.
  const again = (): void => {
    if (connection.held) socket.pause();
    else socket.off('resume', again);
  };
  socket.on('resume', again);
}

function release(connection: Connection): void {
  if (!connection.held) return;
  connection.held = false;
  connection.socket.resume();
}
