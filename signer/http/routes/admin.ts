import type { FastifyInstance } from 'fastify';
import { parseStrictJson } from '../../../core/json/parse-strict-json.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import { ACT_NAMES } from '../../admin/act-bodies.ts';
import { performAct, type OwnKeys } from '../../admin/perform-act.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';

/** Room for the public keys of 100,000 validators. */
const ADMIN_BODY_LIMIT = 16 * 1024 * 1024;
const JSON_LIMITS = { maxDepth: 8, maxTokenBytes: ADMIN_BODY_LIMIT };

export interface AdminModules {
  readonly guard: Guard;
  readonly gate: Gate;
  /** Of a signer that shares its database; default: the whole database is its own. */
  readonly ownKeys?: OwnKeys;
}

/** `POST /vigil/v1/keys/<act>`: what an operator does to keys while the signer runs, for those who may. */
export function adminRoutes(app: FastifyInstance, { guard, gate, ownKeys = null }: AdminModules): void {
  for (const name of ACT_NAMES) {
    // To stop keys is for more clients than to let them go again.
    const action = name === 'freeze' ? 'freeze' : 'admin';
    const options = { onRequest: requireAccess(gate, action), bodyLimit: ADMIN_BODY_LIMIT };
    app.post(`/vigil/v1/keys/${name}`, options, async (request, reply) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const { name: caller } = gate.identify(request.raw);
      const body = parseStrictJson(bytes, JSON_LIMITS);
      const result = await performAct(guard, name, body, caller, ownKeys);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
    });
  }
}
