import type { FastifyReply, FastifyRequest } from 'fastify';
import { strangerHosts } from '../../core/http/host-names.ts';
import { sendHttpError } from './error-reply.ts';

/**
 * A fastify `onRequest` hook against web pages that reach for a signer on the reader's own machine. A page's requests
 * carry an Origin, which no validator client sends; what pages can do without one, `strangerHosts` turns away.
 * @param allowed further host names; `*` allows any
 */
export function refuseBrowsers(allowed: readonly string[]) {
  const strangerIn = strangerHosts(allowed);
  // By callback: it runs for every signature, and a promise would cost each a turn of the event loop.
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (request.headers.origin !== undefined) {
      void sendHttpError(request, reply, 'ORIGIN_NOT_ALLOWED');
      return;
    }
    const stranger = strangerIn(request.headers.host);
    if (stranger === null) {
      done();
      return;
    }
    void sendHttpError(
      request,
      reply,
      'HOST_NOT_ALLOWED',
      `this signer does not answer to the name ${stranger}`,
    );
  };
}
