import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '../../core/log/logger.ts';
import { denyAccess } from './access-hook.ts';
import { wantsJson } from './accept.ts';
import { answeringOn } from './answering.ts';
import { askerOf } from './asker.ts';
import { handleError } from './handle-error.ts';
import type { HostCheck } from './host-guard.ts';
import { isPlainJson } from './plain-json.ts';
import { sendRefusal, type SignModules } from './routes/sign.ts';

export interface DirectSignOptions extends SignModules {
  readonly log: Logger;
  /** The largest body that is read. */
  readonly bodyBytes: number;
  readonly hosts: HostCheck;
  /** Whether requests are still taken: what comes after that is answered by fastify. */
  readonly open: () => boolean;
}

/** As clients write a key. */
const CANONICAL = /^0x[0-9a-f]{96}$/;
const PATH = '/api/v1/eth2/sign/';
const NO_BODY = new Uint8Array();
const JSON_ANSWER = ['content-type', 'application/json; charset=utf-8', 'content-length'] as const;
const TEXT_ANSWER = ['content-type', 'text/plain; charset=utf-8', 'content-length'] as const;

/**
 * Answers a sign request as every validator client sends it without fastify, which costs as much as all the rest of a
 * request but its signature. Whatever is unusual about a request goes to fastify, whose route says the same with the
 * same parts; nothing that tells who may sign, what, or how often is decided here.
 */
export function signDirectly(fastify: RequestListener, options: DirectSignOptions): RequestListener {
  const { gate } = options;
  return (request, response) => {
    const identifier = usualIdentifier(request, options);
    if (identifier === null) {
      fastify(request, response);
      return;
    }
    const denial = gate.enter(request, 'sign');
    if (denial !== null) {
      denyAccess(request, answeringOn(response), denial);
      return;
    }
    readBody(request, (body) => void answer(request, response, identifier, body, options));
  };
}

/** The key in the path; null when anything about the request is not as clients send it. */
function usualIdentifier(request: IncomingMessage, { open, hosts, bodyBytes }: DirectSignOptions) {
  const { method, url, headers } = request;
  if (method !== 'POST' || url?.startsWith(PATH) !== true || !open()) return null;
  const length = Number(headers['content-length'] ?? 0);
  const whole = headers['transfer-encoding'] === undefined && headers.expect === undefined;
  if (!whole || !(length > 0 && length <= bodyBytes)) return null;
  if (headers['content-type'] === undefined || !isPlainJson(request) || !hosts.allows(headers)) return null;
  const identifier = url.slice(PATH.length);
  return CANONICAL.test(identifier) ? identifier : null;
}

/** A body without an end is given up by the listener. */
function readBody(request: IncomingMessage, done: (body: Uint8Array) => void): void {
  // Most come in one piece.
  let body: Uint8Array | null = null;
  let pieces: Uint8Array[] | null = null;
  request.on('data', (piece: Uint8Array) => {
    if (pieces !== null) pieces.push(piece);
    else if (body === null) body = piece;
    else pieces = [body, piece];
  });
  request.on('end', () => done(pieces === null ? (body ?? NO_BODY) : Buffer.concat(pieces)));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  identifier: string,
  body: Uint8Array,
  { desk, gate, log }: DirectSignOptions,
): Promise<void> {
  try {
    const answer = await desk.sign(askerOf(request, gate), identifier, body);
    if (answer.kind === 'refused') {
      sendRefusal(request, answeringOn(response), answer);
      return;
    }
    const json = wantsJson(request);
    const text = json ? `{"signature":"${answer.signature}"}` : answer.signature;
    response.writeHead(200, [...(json ? JSON_ANSWER : TEXT_ANSWER), text.length]).end(text, 'latin1');
  } catch (error) {
    handleError(error, request, answeringOn(response), log);
  }
}
