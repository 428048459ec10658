import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { isVigilError } from '../../core/errors.ts';
import { strangerHosts } from '../../core/http/host-names.ts';
import type { Logger } from '../../core/log/logger.ts';
import { judgeHealth } from '../health/index.ts';
import type { MonitorMetrics } from '../metrics/index.ts';
import { API_ERRORS, apiError, apiStatus, type ApiErrorCode } from './api-errors.ts';
import { API_PREFIX, ENDPOINTS } from './endpoints.ts';
import { jsonText } from './json-text.ts';
import type { MonitorView } from './monitor-view.ts';
import { monitorApiDocument } from './openapi/document.ts';

export interface MonitorServerModules {
  readonly view: MonitorView;
  readonly metrics: Pick<MonitorMetrics, 'update'>;
  /** Of those metrics, and of whatever else is to be scraped here. */
  readonly registry: Registry;
  readonly log: Logger;
  /** Host names, besides localhost and IP addresses, that the monitor answers to; `*` for any. */
  readonly hostAllowlist: readonly string[];
}

/** Nobody has to send a body. */
const BODY_BYTES = 1024;
/** A request that has not come in whole by then is dropped. */
const REQUEST_MS = 10_000;
/** An answer of which nothing is read for that long is given up. */
const UNREAD_MS = 30_000;
/** Prometheus, a dashboard, some people: nothing needs more. */
const MOST_CONNECTIONS = 128;

/** The monitor's HTTP server, not yet listening: metrics, health and the JSON API. It only answers questions. */
export function createMonitorServer(modules: MonitorServerModules): FastifyInstance {
  const { view, metrics, registry, log } = modules;
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: UNREAD_MS,
    // A pubkey with 0x has 98 characters; fastify's default of 100 would turn a longer name into a 404.
    routerOptions: { maxParamLength: 512 },
    forceCloseConnections: 'idle',
    // A path that is not even one.
    frameworkErrors: (error, _request, reply) => void answerError(error, reply, log),
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  guardDoor(app, modules.hostAllowlist);
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, log));
  app.setNotFoundHandler((_request, reply) => sendError(reply, 'MONITOR_NO_SUCH_PATH'));

  app.get('/metrics', async (_request, reply) => {
    // Judged at this moment, so that what grew old since the last head is not told any more.
    metrics.update(view.state());
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  app.get('/healthz', (_request, reply) => {
    const { healthy, problems, ages } = judgeHealth(view.state(), view.nowMs());
    return sendJson(reply.code(healthy ? 200 : 503), { status: healthy ? 'UP' : 'DOWN', problems, ages });
  });
  const document = jsonText(monitorApiDocument());
  app.get('/openapi.json', (_request, reply) => reply.type(JSON_TYPE).send(document));
  for (const endpoint of ENDPOINTS) {
    const { path, name } = endpoint;
    app.get(API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1'), (request, reply) => {
      const params = request.params as Record<string, string>;
      return sendJson(reply, endpoint.answerTo(view, request.query, params[name?.parameter ?? ''] ?? ''));
    });
  }
  return app;
}

const JSON_TYPE = 'application/json; charset=utf-8';

const sendJson = (reply: FastifyReply, body: unknown): FastifyReply =>
  reply.type(JSON_TYPE).header('cache-control', 'no-store').send(jsonText(body));

/** Before anything is read: no web pages, see `strangerHosts`, and no method that changes anything. */
function guardDoor(app: FastifyInstance, allowed: readonly string[]): void {
  const strangerIn = strangerHosts(allowed);
  app.addHook('onRequest', (request, reply, done) => {
    const stranger = strangerIn(request.headers.host);
    if (request.headers.origin !== undefined) void sendError(reply, 'MONITOR_ORIGIN_NOT_ALLOWED');
    else if (stranger !== null)
      void sendError(
        reply,
        'MONITOR_HOST_NOT_ALLOWED',
        `the monitor does not answer to the name ${stranger}`,
      );
    else if (request.method !== 'GET' && request.method !== 'HEAD')
      void sendError(reply.header('allow', 'GET, HEAD').header('connection', 'close'), 'MONITOR_READ_ONLY');
    else done();
  });
}

function sendError(reply: FastifyReply, code: ApiErrorCode, message?: string): FastifyReply {
  return sendFailure(reply, API_ERRORS[code].status, apiError(code, message));
}

function sendFailure(
  reply: FastifyReply,
  status: number,
  { code, message, hint }: { readonly code: string; readonly message: string; readonly hint: string },
): FastifyReply {
  return reply.code(status).type(JSON_TYPE).send(jsonText({ code, message, hint }));
}

function answerError(error: FastifyError, reply: FastifyReply, log: Logger): FastifyReply {
  const status = apiStatus(error);
  if (isVigilError(error) && status < 500) return sendFailure(reply, status, error);
  if (error.statusCode !== undefined && error.statusCode < 500)
    return sendError(reply, 'MONITOR_BAD_PARAMETER', 'the HTTP request is malformed');
  // What went wrong is for the log; paths and queries of the database are nobody's business.
  log.error({ err: error }, 'the API could not answer');
  return sendError(reply, 'MONITOR_API_FAILED');
}
