import type { IncomingMessage } from 'node:http';
import { Line } from './line.ts';

/** Honest bodies, but for full blocks of the first two forks, are far below. */
const LARGE_BYTES = 64 * 1024;

/**
 * Bounds the memory of bodies that have not come in whole, by what they announce; one without a length counts as the
 * largest. An honest body is there within milliseconds, so when the room is full the one that was begun first goes, a
 * large one rather than a small one.
 */
export class BodyRoom {
  readonly #max: number;
  readonly #largest: number;
  readonly #onClosed: () => void;
  #bytes = 0;
  readonly #large = new Line<IncomingMessage>();
  readonly #small = new Line<IncomingMessage>();

  /**
   * @param max bytes of all bodies together
   * @param largest bytes that one body can take up
   */
  constructor(max: number, largest: number, onClosed: () => void) {
    this.#max = max;
    this.#largest = largest;
    this.#onClosed = onClosed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * To be called once for each request, when its head is there.
   * @returns to be called when its answer is over, whether the body was read or not
   */
  admit(request: IncomingMessage): () => void {
    const bytes = this.#announced(request);
    if (bytes === 0) return () => undefined;
    const arrivals = bytes > LARGE_BYTES ? this.#large : this.#small;
    const spot = arrivals.enter(request);
    this.#bytes += bytes;
    const done = (): void => {
      if (arrivals.leave(spot)) this.#bytes -= bytes;
    };
    // Right after the end, or with the connection: a body that nobody wants to read does not end. With a listener to the
    // end, where the reader of the body has one too, V8 would put both straight among the long-lived, and all of the
    // request with them.
    request.on('close', done);
    if (this.#bytes > this.#max) this.#makeRoom();
    return done;
  }

  #announced({ headers }: IncomingMessage): number {
    if (headers['transfer-encoding'] !== undefined) return this.#largest;
    const length = Number(headers['content-length'] ?? 0);
    return Math.min(length, this.#largest);
  }

  /** When all are complete there is nothing to close: they are parsed in the same turn of the event loop. */
  #makeRoom(): void {
    for (const arrivals of [this.#large, this.#small]) {
      for (const spot of arrivals) {
        if (this.#bytes <= this.#max) return;
        const request = spot.value;
        if (request.complete) continue;
        arrivals.leave(spot);
        this.#bytes -= this.#announced(request);
        request.socket.destroy();
        this.#onClosed();
      }
    }
  }
}
