import type { FastifyInstance } from 'fastify';
import { sendHttpError } from './error-reply.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Registers routes, then makes every other method of the same paths answer 405 with an Allow header. */
export function withOtherMethodsRefused(app: FastifyInstance, registerRoutes: () => void): void {
  const allowed = new Map<string, Set<string>>();
  let collecting = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!collecting) return;
    const methods = allowed.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  registerRoutes();
  collecting = false;
  for (const [url, methods] of allowed) {
    const allow = [...methods].join(', ');
    app.route({
      method: METHODS.filter((method) => !methods.has(method)),
      url,
      handler: (request, reply) =>
        sendHttpError(request, reply.header('allow', allow), 'METHOD_NOT_ALLOWED', `${url} takes ${allow}`),
    });
  }
}
