import type { FastifyInstance } from 'fastify';
import type { Pubkey } from '../../../core/units.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { httpError } from '../http-errors.ts';
import { parseIdentifier } from '../request-identifier.ts';

export interface ExplainModules {
  readonly explain: (pubkey: Pubkey) => Promise<Explanation>;
  readonly gate: Gate;
}

/** `GET /vigil/v1/keys/{identifier}/explain`, also of a key that is not loaded: that is one of the answers. */
export function explainRoute(app: FastifyInstance, { explain, gate }: ExplainModules): void {
  app.get<{ Params: { identifier: string } }>(
    '/vigil/v1/keys/:identifier/explain',
    { onRequest: requireAccess(gate, 'history-read') },
    async (request, reply) => {
      const pubkey = parseIdentifier(request.params.identifier);
      if (pubkey === null) throw httpError('MALFORMED_IDENTIFIER');
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(await explain(pubkey)));
    },
  );
}
