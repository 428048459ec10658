import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const RECORDED = new URL('../fixtures/beacon-api/', import.meta.url);

/** What a real node answered, by path. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/eth/v1/beacon/genesis': readFileSync(new URL('genesis.json', RECORDED), 'utf8'),
  '/eth/v1/config/spec': readFileSync(new URL('config_spec.json', RECORDED), 'utf8'),
  '/eth/v1/node/syncing': readFileSync(new URL('node_syncing.json', RECORDED), 'utf8'),
};

/** Of the recorded chain. */
export const RECORDED_HEAD_SLOT = 68n;

export interface TinyBeaconNode {
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Resolves with the next request that comes in. */
  nextRequest(): Promise<IncomingMessage>;
  /** Answers a path with this from now on. */
  answer(path: string, body: unknown, status?: number): void;
  /** Puts the node's own clock at a slot, behind its head or not. */
  setClock(slot: bigint, syncDistance?: bigint): void;
  close(): Promise<void>;
}

/** A real HTTP server that speaks the three paths that the signer asks for, by default as recorded. */
export async function startBeaconNode(prefix = ''): Promise<TinyBeaconNode> {
  const answers = new Map<string, { status: number; text: string }>(
    Object.entries(ANSWERS).map(([path, text]) => [prefix + path, { status: 200, text }]),
  );
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const { status, text } = answers.get(request.url ?? '') ?? { status: 404, text: '{}' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let closed: Promise<unknown> | null = null;
  const close = async () => {
    if (closed === null) {
      closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
    }
    await closed;
  };
  onTestFinished(close);
  const answer = (path: string, body: unknown, status = 200) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    answers.set(prefix + path, { status, text });
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    requests,
    nextRequest: async () => ((await once(server, 'request')) as [IncomingMessage])[0],
    answer,
    setClock: (slot, distance = 0n) =>
      answer('/eth/v1/node/syncing', {
        data: {
          head_slot: (slot - distance).toString(),
          sync_distance: distance.toString(),
          is_syncing: distance > 0n,
        },
      }),
    close,
  };
}
