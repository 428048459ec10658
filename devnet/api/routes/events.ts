import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { epochAt } from '../../chain/rules.ts';
import type { EventName, SimulationEvents } from '../../simulation/events.ts';
import { listOf } from '../answers.ts';
import { badRequest } from '../api-error.ts';
import { isTopic, messagesOf } from '../event-json.ts';
import type { NodeView } from '../node-view.ts';

/** Server-sent events of one node, and a way to cut all listeners off. */
export function eventRoutes(server: FastifyInstance, view: NodeView): { disconnectAll: () => void } {
  const open = new Set<ServerResponse>();
  const disconnectAll = () => {
    for (const response of open) response.destroy();
  };

  server.get<{ Querystring: { topics?: unknown } }>('/eth/v1/events', (request, reply) => {
    const topics = listOf(request.query.topics);
    if (topics.length === 0) throw badRequest('topics are missing');
    const unknown = topics.find((topic) => !isTopic(topic));
    if (unknown !== undefined) throw badRequest(`Unknown topic type: ${unknown}`);
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
    open.add(response);
    const stop = listenAs(view, (name, event) => {
      for (const { topic, data } of messagesOf(view, name, event)) {
        if (topics.includes(topic)) response.write(`event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    });
    response.on('close', () => {
      open.delete(response);
      stop();
    });
  });

  server.addHook('preClose', (done) => {
    disconnectAll();
    done();
  });
  return { disconnectAll };
}

type Send = (name: EventName, event: SimulationEvents[EventName]) => void;

/** Events as the node comes to know them: one that lags tells its own, later head and no more. */
function listenAs(view: NodeView, send: Send): () => void {
  let told = view.head.root;
  return view.simulation.events.listen((name, event) => {
    if (view.conditions.lagSlots === 0) {
      send(name, event);
      return;
    }
    if (name !== 'head' || view.head.root === told) return;
    const { head, rules } = view;
    told = head.root;
    send('block', { root: head.root });
    const epochTransition = epochAt(rules, head.slot) > epochAt(rules, head.parent?.slot ?? 0);
    send('head', { root: head.root, epochTransition });
  });
}
