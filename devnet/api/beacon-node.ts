import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { InvalidMessage } from '../chain/invalid.ts';
import { StateGone } from '../simulation/block-tree.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { ApiError, syncingNow } from './api-error.ts';
import { EndpointFaults } from './endpoint-faults.ts';
import { NodeView, WELL, type NodeConditions } from './node-view.ts';
import { blockRoutes } from './routes/blocks.ts';
import { configRoutes } from './routes/config.ts';
import { debugRoutes } from './routes/debug.ts';
import { dutyRoutes } from './routes/duties.ts';
import { eventRoutes } from './routes/events.ts';
import { nodeRoutes } from './routes/node.ts';
import { IndexedFailures, poolRoutes } from './routes/pool.ts';
import { productionRoutes } from './routes/production.ts';
import { rewardRoutes } from './routes/rewards.ts';
import { stateRoutes } from './routes/states.ts';
import { validatorRoutes } from './routes/validators.ts';

/** A hundred thousand keys in one POST. */
const BODY_LIMIT = 16 * 2 ** 20;

/** One beacon node of a simulated chain: the standard Beacon API over HTTP. Several may serve the same chain. */
export class DevnetBeaconNode {
  readonly conditions: NodeConditions = { ...WELL };
  readonly faults = new EndpointFaults();
  readonly #server: FastifyInstance;
  readonly #disconnectEvents: () => void;

  constructor(simulation: Simulation) {
    const view = new NodeView(simulation, this.conditions);
    this.#server = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
    this.#server.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer' },
      (_request, body, done) => {
        done(null, body);
      },
    );
    addFaults(this.#server, this.faults, this.conditions);
    addErrors(this.#server);
    for (const routes of [nodeRoutes, configRoutes, stateRoutes, validatorRoutes, blockRoutes, poolRoutes]) {
      routes(this.#server, view);
    }
    for (const routes of [dutyRoutes, productionRoutes, rewardRoutes, debugRoutes])
      routes(this.#server, view);
    this.#disconnectEvents = eventRoutes(this.#server, view).disconnectAll;
  }

  /** For tests that need no socket. */
  get server(): FastifyInstance {
    return this.#server;
  }

  /** @param port 0 for any. @returns the URL */
  async listen(port = 0): Promise<string> {
    await this.#server.listen({ host: '127.0.0.1', port });
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  /** Cuts off everybody who listens to events, as a restart would. */
  disconnectEvents(): void {
    this.#disconnectEvents();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

/** What validators need a synced node for. */
const NEEDS_SYNC = /^\/eth\/v\d\/validator\//;

function addFaults(server: FastifyInstance, faults: EndpointFaults, conditions: NodeConditions): void {
  const wrong = new WeakMap<object, (answer: unknown) => unknown>();
  server.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const fault = faults.take(path);
    if (fault?.kind === 'status') {
      await reply.code(fault.status).send({ code: fault.status, message: 'a fault was asked for' });
    } else if (fault?.kind === 'timeout') {
      await new Promise<void>((resolve) => request.raw.socket.once('close', resolve));
      reply.hijack();
    } else if (fault?.kind === 'delay') {
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
    } else if (fault?.kind === 'wrong') {
      wrong.set(request, fault.change);
    }
    if (conditions.syncing && NEEDS_SYNC.test(path) && !reply.sent) throw syncingNow();
  });
  server.addHook('preSerialization', (request, _reply, payload, done) => {
    done(null, wrong.get(request)?.(payload) ?? payload);
  });
}

function addErrors(server: FastifyInstance): void {
  server.setErrorHandler(async (error, _request, reply) => {
    const status = statusFor(error);
    const failures = error instanceof IndexedFailures ? { failures: error.failures } : {};
    await reply.code(status).send({ code: status, message: (error as Error).message, ...failures });
  });
  server.setNotFoundHandler(async ({ method, url }, reply) => {
    await reply.code(404).send({ code: 404, message: `Route ${method}:${url} not found` });
  });
}

function statusFor(error: unknown): number {
  if (error instanceof ApiError) return error.status;
  if (error instanceof InvalidMessage) return 400;
  if (error instanceof StateGone) return 404;
  return (error as { statusCode?: number }).statusCode ?? 500;
}
