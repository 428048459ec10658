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
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.headers.origin !== undefined) {
      await sendHttpError(request, reply, 'ORIGIN_NOT_ALLOWED');
      return;
    }
    if (names.has('*')) return;
    const host = hostName(request.headers.host ?? '');
    if (host === '' || names.has(host) || isIP(host) !== 0) return;
    await sendHttpError(
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
