import type { FastifyInstance } from 'fastify';
import { parseStrictJson } from '../../../core/json/parse-strict-json.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import { ACT_NAMES } from '../../admin/act-bodies.ts';
import { performAct } from '../../admin/perform-act.ts';
import { requireBearerToken } from '../bearer-token.ts';

/** Room for the public keys of 100,000 validators. */
const ADMIN_BODY_LIMIT = 16 * 1024 * 1024;
const JSON_LIMITS = { maxDepth: 8, maxTokenBytes: ADMIN_BODY_LIMIT };

/** `POST /vigil/v1/keys/<act>`: what an operator does to keys while the signer runs, behind the bearer token. */
export function adminRoutes(app: FastifyInstance, { guard, token }: { guard: Guard; token: string }): void {
  const options = { onRequest: requireBearerToken(token), bodyLimit: ADMIN_BODY_LIMIT };
  for (const name of ACT_NAMES) {
    app.post(`/vigil/v1/keys/${name}`, options, async (request, reply) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const result = await performAct(guard, name, parseStrictJson(bytes, JSON_LIMITS), request.ip);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
    });
  }
}
