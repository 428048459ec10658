import type { FastifyInstance } from 'fastify';
import { takesJson, takesText } from '../accept.ts';
import { sendHttpError } from '../error-reply.ts';

/** `GET /upcheck`: the process answers. Whether it can sign is what `/healthcheck` says. */
export function upcheckRoute(app: FastifyInstance): void {
  app.get('/upcheck', (request, reply) => {
    if (takesText(request)) return reply.type('text/plain; charset=utf-8').send('OK');
    // Web3Signer has text only; one client asks for nothing but JSON and takes a refusal for a dead signer.
    if (takesJson(request)) return reply.type('application/json; charset=utf-8').send('{"status":"OK"}');
    return sendHttpError(
      request,
      reply,
      'NOT_ACCEPTABLE',
      'this answer exists as text/plain and as JSON only',
    );
  });
}
