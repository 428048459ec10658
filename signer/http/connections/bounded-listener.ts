import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Counter } from 'prom-client';
import { createTlsServer, type ListenerTls } from '../../tls/create-tls-server.ts';
import { BodyRoom } from './body-room.ts';
import type { ClosingReason } from './closed-connections.ts';
import { owesAnswer, type Connection } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { ConnectionRoom } from './connection-room.ts';
import { Turns } from './turns.ts';

export interface BoundedListenerOptions {
  readonly tls?: ListenerTls | null;
  /** A request that has not come in whole by then is dropped, and so is a connection on which none begins. */
  readonly requestMs: number;
  /** The largest body that a stranger can send. */
  readonly bodyBytes: number;
  readonly limits: ConnectionLimits;
  readonly closed: Counter<'reason'>;
}

/** What fastify gives its own servers. */
const KEEP_ALIVE_MS = 72_000;

/**
 * A `serverFactory` for fastify, whose servers share bounds on connections, unfinished bodies, pipelining and unread
 * answers; see docs/threat-model.md. `drain` is for the moment before they are closed.
 */
export function boundedListener({
  tls = null,
  requestMs,
  bodyBytes,
  limits,
  closed,
}: BoundedListenerOptions) {
  const count = (reason: ClosingReason) => (): void => closed.inc({ reason });
  const room = new ConnectionRoom(limits.connections, count('no-room'));
  const bodies = new BodyRoom(limits.bodyBytes, bodyBytes, count('bodies'));
  const times = {
    requestTimeout: requestMs,
    // Node enforces the limit on a body only if the one on headers is not longer; its default is a minute.
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, requestMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const serverFactory = (handler: RequestListener): Server => {
    const turns = new Turns(handler, limits.pipelined, count('pipelining'));
    const listener: RequestListener = (request, response: ServerResponse) => {
      const connection = room.of(request.socket);
      // Closed to make room while its request was being parsed.
      if (connection === undefined || request.socket.destroyed) return;
      room.touch(connection);
      const bodyIsIn = bodies.admit(request);
      // One listener for everybody who wants to know: each costs every request.
      response.on('close', () => {
        bodyIsIn();
        if (room.draining) connection.socket.end();
        if (!connection.proven && request.method === 'POST') {
          connection.proven = response.statusCode < 300 && response.writableFinished;
          if (connection.proven) room.touch(connection);
        }
        turns.ended(connection, response);
      });
      turns.take(connection, { request, response });
    };
    const server = tls === null ? createServer(times, listener) : createTlsServer(listener, times, tls);
    room.watch(server, tls !== null);
    server.setTimeout(limits.unreadMs, (socket?: Socket) => {
      closeSilent(socket, socket && room.of(socket), count('unread'));
    });
    return server;
  };
  return { serverFactory, drain: () => room.drain(requestMs) };
}

/** Nothing went in or out for a while; only the signer's own work, as opening keystores, may take that long. */
function closeSilent(
  socket: Socket | undefined,
  connection: Connection | undefined,
  unread: () => void,
): void {
  if (connection !== undefined && owesAnswer(connection)) return;
  if (connection?.current?.response.writableEnded === true) unread();
  socket?.destroy();
}
