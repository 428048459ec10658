import type { FastifyInstance } from 'fastify';

/** `GET /upcheck`: the process answers. Whether it can sign is what `/healthcheck` says. */
export function upcheckRoute(app: FastifyInstance): void {
  app.get('/upcheck', (request, reply) => {
    // Web3Signer has text only; one client asks for JSON and takes the refusal for a dead signer.
    return /application\/json/i.test(request.headers.accept ?? '')
      ? reply.type('application/json; charset=utf-8').send('{"status":"OK"}')
      : reply.type('text/plain; charset=utf-8').send('OK');
  });
}
