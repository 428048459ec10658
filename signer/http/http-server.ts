import Fastify, { type FastifyInstance } from 'fastify';
import type { Health } from '../health.ts';
import type { KeyReload } from '../keys/key-reload.ts';
import type { ListenerTls } from '../tls/create-tls-server.ts';
import { countUnread } from './count-unread.ts';
import { answeringOn } from './answering.ts';
import { boundedListener } from './connections/bounded-listener.ts';
import { connectionLimits, type ConnectionLimits } from './connections/connection-limits.ts';
import { signDirectly } from './direct-sign.ts';
import { sendHttpError } from './error-reply.ts';
import { handleError } from './handle-error.ts';
import { hostCheck, refuseBrowsers } from './host-guard.ts';
import { withOtherMethodsRefused } from './method-not-allowed.ts';
import { acceptPlainJsonOnly } from './plain-json.ts';
import { adminRoutes, type AdminModules } from './routes/admin.ts';
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
import { answerUnreadable } from './unreadable-request.ts';

export interface HttpModules
  extends
    SignModules,
    KeymanagerModules,
    KeySettingsModules,
    VoluntaryExitModules,
    HighWatermarkModules,
    CommitBoostModules,
    AdminModules,
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
  const hosts = hostCheck(modules.hostAllowlist);
  let open = true;
  const direct = { ...modules, hosts, bodyBytes: limits.bodyBytes, open: () => open };
  const app = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    // A pubkey with 0x has 98 characters; fastify's default of 100 would turn a longer identifier into a 404.
    routerOptions: { maxParamLength: 512 },
    forceCloseConnections: 'idle',
    // A path that is no URL, which no route and none of the hooks below get to see.
    frameworkErrors: (error, request, reply) => {
      handleError(error, request.raw, answeringOn(reply.raw), modules.log);
    },
    clientErrorHandler: answerUnreadable,
    serverFactory: (fastify) =>
      listener.serverFactory(modules.surface === 'admin' ? fastify : signDirectly(fastify, direct)),
  });
  app.addHook('preClose', (done) => {
    open = false;
    listener.drain();
    done();
  });
  app.addHook('onRequest', refuseBrowsers(hosts));
  if (modules.surface !== 'admin') app.addHook('onResponse', countUnread(modules.metrics));
  // Bodies reach the routes as bytes: the strict parser is ours, not fastify's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', acceptPlainJsonOnly);
  app.setErrorHandler((error, request, reply) => handleError(error, request, reply, modules.log));
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
      reloadRoutes(app, modules.reload, gate);
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
