import Fastify, { type FastifyInstance } from 'fastify';
import type { Counter, Registry } from 'prom-client';
import { boundedListener } from '../http/connections/bounded-listener.ts';
import { connectionLimits } from '../http/connections/connection-limits.ts';

/** Nobody has to send one. */
const BODY_BYTES = 1024;

/** `GET /metrics` on a listener of its own, so that scraping and signing can have different networks. */
export function createMetricsServer(registry: Registry, closed: Counter<'reason'>): FastifyInstance {
  const { serverFactory } = boundedListener({
    requestMs: 10_000,
    bodyBytes: BODY_BYTES,
    limits: connectionLimits('metrics'),
    closed,
  });
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    serverFactory,
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  return app;
}
