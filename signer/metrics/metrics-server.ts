import Fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** `GET /metrics` on a listener of its own, so that scraping and signing can have different networks. */
export function createMetricsServer(registry: Registry): FastifyInstance {
  const app = Fastify({ logger: false, requestTimeout: 10_000, forceCloseConnections: true });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return app;
}
