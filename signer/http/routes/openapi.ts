import type { FastifyInstance } from 'fastify';
import { jsonOnly } from '../json-only.ts';
import { openApiDocument, type Served } from '../openapi/document.ts';

/** `GET /openapi.json`: what this very listener serves. It says nothing of keys or clients, so it is for anybody. */
export function openApiRoute(app: FastifyInstance, served: Served): void {
  let text: string | null = null;
  app.get('/openapi.json', { onRequest: jsonOnly }, (_request, reply) => {
    text ??= JSON.stringify(openApiDocument(served));
    return reply.type('application/json; charset=utf-8').send(text);
  });
}
