import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendHttpError } from './error-reply.ts';

/**
 * A fastify `onRequest` hook against web pages that reach for a signer on the reader's own machine. A page's requests
 * carry an Origin, which no validator client sends. And one that has its own name resolve to this machine (DNS
 * rebinding) sends that name as Host, so only names that are meant for the signer are answered; addresses cannot be
 * rebound.
 * @param allowed further host names; `*` allows any
 */
export function refuseBrowsers(allowed: readonly string[]) {
  const names = new Set(['localhost', ...allowed.map(hostName)]);
  let passed: string | null = null;
  // By callback: it runs for every signature, and a promise would cost each a turn of the event loop.
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (request.headers.origin !== undefined) {
      void sendHttpError(request, reply, 'ORIGIN_NOT_ALLOWED');
      return;
    }
    const sent = request.headers.host ?? '';
    // The last one that passed: clients say the same name again and again.
    if (sent === passed || names.has('*')) {
      done();
      return;
    }
    const host = hostName(sent);
    if (host === '' || names.has(host) || isIP(host) !== 0) {
      passed = sent;
      done();
      return;
    }
    void sendHttpError(
      request,
      reply,
      'HOST_NOT_ALLOWED',
      `this signer does not answer to the name ${host.slice(0, 200)}`,
    );
  };
}

/** Without the port and the brackets of an IPv6 address; an HTTP/1.0 client may send none. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(header)?.[1];
  return (bracketed ?? header.replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '');
}
