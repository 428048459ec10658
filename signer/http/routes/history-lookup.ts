import type { FastifyInstance } from 'fastify';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import { lookupAnswer, lookupBody, readLookup } from '../../admin/history-lookup.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { readBody, sendJson } from '../read-body.ts';

export interface HistoryLookupModules {
  readonly spec: ChainSpec;
  readonly guard: Guard;
  readonly gate: Gate;
}

/** Room for the most messages that are taken at once, with whitespace. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** `POST /vigil/v1/history/lookup`: whether messages that were seen on chain were signed here. */
export function historyLookupRoute(app: FastifyInstance, { spec, guard, gate }: HistoryLookupModules): void {
  const options = { onRequest: requireAccess(gate, 'history-read'), bodyLimit: BODY_LIMIT };
  app.post('/vigil/v1/history/lookup', options, async (request, reply) => {
    const body = readBody(lookupBody, request.body, { maxDepth: 8, maxTokenBytes: BODY_LIMIT });
    return sendJson(reply, lookupAnswer(await guard.lookUp(readLookup(body, spec))));
  });
}
