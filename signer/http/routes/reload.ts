import type { FastifyInstance, FastifyReply } from 'fastify';
import type { KeyReload } from '../../keys/key-reload.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { jsonOnly } from '../json-only.ts';

/**
 * `POST /reload`: looks for keystores that came and went, in the background; `GET /reload`: how that went. Without an
 * access file it takes no token, as in Web3Signer: it brings nothing in that its own data directory does not hold, doing
 * it twice does no more than doing it once, and there is never more than one under way.
 */
export function reloadRoutes(app: FastifyInstance, reload: KeyReload, gate: Gate): void {
  const options = { onRequest: [requireAccess(gate, 'reload'), jsonOnly] };
  app.post('/reload', options, (_request, reply) =>
    reload.start()
      ? sendJson(reply.code(202), {
          status: 'accepted',
          message: 'the keys are reloaded in the background; GET /reload tells how it went',
        })
      : sendJson(reply.code(409), {
          status: 'error',
          message: 'a reload is already in progress; repeat the request when it has ended',
        }),
  );
  app.get('/reload', options, (_request, reply) => sendJson(reply, reload.status));
}

const sendJson = (reply: FastifyReply, body: unknown): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
