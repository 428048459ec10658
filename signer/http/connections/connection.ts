import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request and the answer that it is owed. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A connection to one of our listeners. */
export interface Connection {
  /** The encrypted one, once there is TLS on it. */
  socket: Socket;
  /** What shares one part of the room, see `addressGroup`. */
  readonly group: string;
  /** Whether a POST succeeded on it: a signature, where access is asked for one to somebody who may have it. */
  proven: boolean;
  current: Exchange | null;
  /** Sent before the current one was answered, in their order. */
  readonly waiting: Exchange[];
  /** Whether anything ever waited. */
  pipelines: boolean;
  /** Nothing more is read from it until what waits is answered. */
  held: boolean;
}

/** Whether the next move is ours: a request came in whole and its answer is not written yet. */
export const owesAnswer = ({ current }: Connection): boolean =>
  current !== null && current.request.complete && !current.response.writableEnded;
