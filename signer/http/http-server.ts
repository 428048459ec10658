import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Health } from '../health.ts';
import type { KeyReload } from '../keys/key-reload.ts';
import type { ListenerTls } from '../tls/create-tls-server.ts';
import { boundedListener } from './connections/bounded-listener.ts';
import { connectionLimits, type ConnectionLimits } from './connections/connection-limits.ts';
import { sendError, sendHttpError } from './error-reply.ts';
import { refuseBrowsers } from './host-guard.ts';
import { errorStatus, retryHeaders } from './http-errors.ts';
import { withOtherMethodsRefused } from './method-not-allowed.ts';
import { adminRoutes } from './routes/admin.ts';
import { commitBoostRoutes, type CommitBoostModules } from './routes/commit-boost.ts';
import { explainRoute, type ExplainModules } from './routes/explain.ts';
import { healthcheckRoute } from './routes/healthcheck.ts';
import { highWatermarkRoute, type HighWatermarkModules } from './routes/high-watermark.ts';
import { historyLookupRoute } from './routes/history-lookup.ts';
import { keySettingsRoutes, type KeySettingsModules } from './routes/key-settings.ts';
import { keystoresRoutes, type KeymanagerModules } from './routes/keystores.ts';
import { openApiRoute } from './routes/openapi.ts';
import { publicKeysRoute } from './routes/public-keys.ts';
import { reloadRoutes } from './routes/reload.ts';
import { remoteKeysRoutes } from './routes/remote-keys.ts';
import { signBatchRoute } from './routes/sign-batch.ts';
import { signRoute, type SignModules } from './routes/sign.ts';
import { upcheckRoute } from './routes/upcheck.ts';
import { voluntaryExitRoute, type VoluntaryExitModules } from './routes/voluntary-exit.ts';
import type { Surface } from './surface.ts';

export interface HttpModules
  extends
    SignModules,
    KeymanagerModules,
    KeySettingsModules,
    VoluntaryExitModules,
    HighWatermarkModules,
    CommitBoostModules,
    ExplainModules {
  /** Which of the APIs are served here; default all. */
  readonly surface?: Surface;
  readonly tls?: ListenerTls | null;
  readonly health: () => Health;
  readonly reload: KeyReload;
  /** Host names, besides localhost and IP addresses, that the signer answers to; `*` for any. */
  readonly hostAllowlist: readonly string[];
}

export interface HttpLimits {
  /** Largest signing request. A phase0 block full of attestations stays below it. */
  readonly bodyBytes: number;
  /** A request that has not come in whole by then is dropped. */
  readonly requestMs: number;
  /** Default: by the limit of open files. */
  readonly connections?: ConnectionLimits;
}

const DEFAULT_LIMITS: HttpLimits = { bodyBytes: 1024 * 1024, requestMs: 10_000 };

/** The signer's HTTP server, not yet listening. */
export function createHttpServer(modules: HttpModules, limits: HttpLimits = DEFAULT_LIMITS): FastifyInstance {
  const listener = boundedListener({
    tls: modules.tls ?? null,
    ...limits,
    limits: limits.connections ?? connectionLimits(modules.surface === 'admin' ? 'admin' : 'signing'),
    closed: modules.metrics.closedConnections,
  });
  const app = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    // A pubkey with 0x has 98 characters; fastify's default of 100 would turn a longer identifier into a 404.
    routerOptions: { maxParamLength: 512 },
    forceCloseConnections: 'idle',
    serverFactory: listener.serverFactory,
  });
  app.addHook('preClose', (done) => {
    listener.drain();
    done();
  });
  app.addHook('onRequest', refuseBrowsers(modules.hostAllowlist));
  acceptJsonOnly(app);
  app.setErrorHandler((error: FastifyError, request, reply) =>
    handleError(error, request, reply, modules.log),
  );
  app.setNotFoundHandler((request, reply) =>
    sendHttpError(request, reply, 'NOT_FOUND', `there is no ${request.method} ${request.url.slice(0, 200)}`),
  );
  withOtherMethodsRefused(app, () => {
    const { surface = 'all', keyring, gate } = modules;
    upcheckRoute(app);
    healthcheckRoute(app, modules.health);
    openApiRoute(app, { surface, commitBoost: modules.commitBoost !== null });
    if (surface !== 'admin') {
      signRoute(app, modules);
      signBatchRoute(app, modules);
      publicKeysRoute(app, keyring, gate);
      highWatermarkRoute(app, modules);
      reloadRoutes(app, modules.reload);
      commitBoostRoutes(app, modules);
    }
    if (surface !== 'signing') {
      keystoresRoutes(app, modules);
      remoteKeysRoutes(app, modules);
      keySettingsRoutes(app, modules);
      voluntaryExitRoute(app, modules);
      adminRoutes(app, modules);
      explainRoute(app, modules);
      historyLookupRoute(app, modules);
    }
  });
  return app;
}

/** Bodies reach the routes as bytes: the strict parser is ours, not fastify's. Anything but plain JSON is turned away unread. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    const { 'content-type': type, 'content-encoding': encoding } = request.headers;
    const json =
      type === undefined || type === 'application/json' || /^application\/json\s*(;|$)/i.test(type);
    if (json && (encoding === undefined || encoding === 'identity')) {
      done();
      return;
    }
    reply.header('connection', 'close');
    void sendHttpError(request, reply, 'UNSUPPORTED_MEDIA_TYPE');
  });
}

function handleError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  if (isVigilError(error)) {
    reply.headers(retryHeaders(error.code));
    const status = errorStatus(error.code);
    if (status >= 500) log.error({ code: error.code, err: error }, error.message);
    else log.debug({ code: error.code, url: request.url }, error.message);
    return sendError(request, reply, status, { code: error.code, message: error.message, hint: error.hint });
  }
  if (error.statusCode === 413) {
    return sendHttpError(request, reply.header('connection', 'close'), 'BODY_TOO_LARGE');
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendHttpError(request, reply, 'MALFORMED_REQUEST');
  }
  // What went wrong is for the log; the client learns only that there is no signature.
  log.error({ err: error }, 'unexpected error');
  return sendHttpError(request, reply, 'INTERNAL');
}
