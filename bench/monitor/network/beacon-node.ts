import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigValues } from '../../../core/chain/config-values.ts';
import { toHex } from '../../../core/hex.ts';
import { isBlock, routesOf, type Answered } from './answers.ts';
import type { Chain, ChainBlock } from './chain.ts';

/** Requests and bytes of bodies, sent by this node since its start. */
export interface Traffic {
  readonly calls: number;
  readonly bytes: number;
  /** What grows with the network, whoever is watched. */
  readonly networkBytes: number;
}

const OF_THE_NETWORK = /^\/eth\/v2\/beacon\/blocks\/|\/committees$/;

/** The standard Beacon API over HTTP, as little as the monitor asks for, with a count of what it does. */
export class BenchNode {
  readonly #chain: Chain;
  readonly #routes: ReturnType<typeof routesOf>;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #listeners = new Set<ServerResponse>();
  /** Asked for and not there: nothing that a monitor of a chain where all is well should do. */
  readonly unanswered: string[] = [];
  traffic: Traffic = { calls: 0, bytes: 0, networkBytes: 0 };

  constructor(chain: Chain, values: ConfigValues) {
    this.#chain = chain;
    this.#routes = routesOf(chain, values);
  }

  /** @returns the URL */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Tells whoever listens of the head, and at the start of an epoch of what became final. */
  announce(): void {
    const { head, slotsPerEpoch } = this.#chain;
    const { slot, rootHex } = head;
    const transition = slot % slotsPerEpoch === 0;
    const finalized = this.#chain.checkpoint(2);
    this.#tell('block', { slot: `${slot}`, block: rootHex, execution_optimistic: false });
    this.#tell('head', {
      ...{ slot: `${slot}`, block: rootHex, state: toHex(head.stateRoot), epoch_transition: transition },
      ...{ previous_duty_dependent_root: rootHex, current_duty_dependent_root: rootHex },
      execution_optimistic: false,
    });
    if (transition)
      this.#tell('finalized_checkpoint', {
        ...{ block: finalized.root, state: finalized.root, epoch: `${finalized.epoch}` },
        execution_optimistic: false,
      });
  }

  #tell(event: string, data: object): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const listener of this.#listeners) {
      listener.write(text);
      this.#count('/eth/v1/events', 0, text.length);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://node');
    if (url.pathname === '/eth/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      this.#listeners.add(response);
      response.once('close', () => this.#listeners.delete(response));
      this.#count(url.pathname, 1, 0);
      return;
    }
    const answer = this.#answer(url, await idsIn(request));
    if (answer === null) this.unanswered.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.#count(url.pathname, 1, send(response, answer));
  }

  #answer(url: URL, ids: readonly string[]): Answered {
    for (const [path, answer] of this.#routes) {
      const match = path.exec(url.pathname);
      if (match !== null) return answer({ at: match.slice(1), query: url.searchParams, ids });
    }
    return null;
  }

  #count(path: string, calls: number, bytes: number): void {
    const { traffic } = this;
    this.traffic = {
      calls: traffic.calls + calls,
      bytes: traffic.bytes + bytes,
      networkBytes: traffic.networkBytes + (OF_THE_NETWORK.test(path) ? bytes : 0),
    };
  }
}

/** @returns bytes of the body */
function send(response: ServerResponse, answer: Answered): number {
  if (answer !== null && typeof answer !== 'string' && isBlock(answer)) return sendBlock(response, answer);
  const document = answer ?? { code: 404, message: 'not here' };
  const body = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  response.writeHead(answer === null ? 404 : 200, headers).end(body);
  return body.length;
}

function sendBlock(response: ServerResponse, { fork, bytes }: ChainBlock): number {
  response
    .writeHead(200, {
      ...{ 'content-type': 'application/octet-stream', 'content-length': bytes.length },
      ...{ 'eth-consensus-version': fork, 'eth-execution-optimistic': 'false' },
    })
    .end(bytes);
  return bytes.length;
}

async function idsIn(request: IncomingMessage): Promise<string[]> {
  if (request.method !== 'POST') return [];
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as string[] | { ids: string[] };
  return Array.isArray(body) ? body : body.ids;
}
