import type { FastifyInstance } from 'fastify';
import type { Health } from '../../health.ts';

/** `GET /healthcheck`: 200 when this signer can sign with every key it should have, else 503 with the reason. */
export function healthcheckRoute(app: FastifyInstance, health: () => Health): void {
  app.get('/healthcheck', (_request, reply) => {
    const now = health();
    return reply
      .code(now.status === 'UP' ? 200 : 503)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(now));
  });
}
