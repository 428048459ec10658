import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import type { ClientAuth } from '../../core/config/tls-settings.ts';
import type { TlsKeeper } from './tls-keeper.ts';

export interface ListenerTls {
  readonly keeper: TlsKeeper;
  readonly clientAuth: ClientAuth;
}

/** Whoever connects and says nothing is let go as soon as one whose request does not come. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * An HTTPS server, TLS 1.2 or later, whose certificate the keeper exchanges while it runs. It is given back as an HTTP
 * server, which it is in all that listeners are asked for.
 */
export function createTlsServer(
  handler: RequestListener,
  options: ServerOptions,
  { keeper, clientAuth }: ListenerTls,
): Server {
  const server = createServer(
    {
      ...options,
      ...keeper.context,
      requestCert: clientAuth !== 'none',
      // `optional` takes every connection; whether its certificate counts is looked at with the client's identity.
      rejectUnauthorized: clientAuth === 'required',
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    },
    handler,
  );
  keeper.add(server);
  return server;
}
