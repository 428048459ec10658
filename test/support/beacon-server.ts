import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Answer, Call } from '../../beacon/node/call.ts';
import { NodeAddress } from '../../beacon/node/node-address.ts';
import { NodeClient, type NodeClientOptions } from '../../beacon/node/node-client.ts';
import { BeaconFailure } from '../../beacon/node/failure.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Handler = (request: SeenRequest, response: ServerResponse) => void;

export interface BeaconServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** From now on. */
  handler: Handler;
  /** Ends the connections that stand, streams included. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** A real HTTP server that answers as the handler likes. */
export async function startBeaconServer(handler: Handler): Promise<BeaconServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(seen);
      shown.handler(seen, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let closed: Promise<unknown> | null = null;
  const shown: BeaconServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    handler,
    dropConnections: () => server.closeAllConnections(),
    async close() {
      if (closed === null) {
        closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
      }
      await closed;
    },
  };
  onTestFinished(() => shown.close());
  return shown;
}

export const json =
  (body: unknown, status = 200): Handler =>
  (_request, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

/** One try and short limits, unless told otherwise. */
export function clientOf(
  server: { readonly url: string },
  options: Partial<NodeClientOptions> = {},
): NodeClient {
  const quick = { timeoutMs: 5000, slowTimeoutMs: 5000, retry: { attempts: 1, baseMs: 1, maxMs: 1 } };
  return new NodeClient(new NodeAddress(server.url), { ...quick, ...options });
}

/** One call to a server that answers as the handler likes. */
export const askServer = async <T>(handler: Handler, call: Call<T>): Promise<Answer<T>> =>
  clientOf(await startBeaconServer(handler)).ask(call);

/** The failure of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<BeaconFailure> {
  const error: unknown = await call.then(
    (answer) => new Error(`the call succeeded: ${String(answer)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof BeaconFailure)) throw error;
  return error;
}
