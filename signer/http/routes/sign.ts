import type { FastifyInstance } from 'fastify';
import { REFUSALS, type Refusal } from '../../../slashing-db/index.ts';
import type { Gate } from '../../access/gate.ts';
import type { SignDesk } from '../../desk/sign-desk.ts';
import { POLICY_REFUSALS, type PolicyRefusal } from '../../policy/policy-refusals.ts';
import { wantsJson } from '../accept.ts';
import { requireAccess } from '../access-hook.ts';
import type { Answering, Asking } from '../answering.ts';
import { askerOf } from '../asker.ts';
import { sendError } from '../error-reply.ts';
import { retryHeaders } from '../http-errors.ts';
import { REFUSAL_STATUS } from '../refusal-status.ts';

export interface SignModules {
  readonly desk: SignDesk;
  readonly gate: Gate;
}

const NO_BODY = new Uint8Array();

/** `POST /api/v1/eth2/sign/{identifier}` of the remote-signing API. */
export function signRoute(app: FastifyInstance, { desk, gate }: SignModules): void {
  const options = { onRequest: requireAccess(gate, 'sign') };
  const path = '/api/v1/eth2/sign/:identifier';
  app.post<{ Params: { identifier: string } }>(path, options, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? request.body : NO_BODY;
    const answer = await desk.sign(askerOf(request.raw, gate), request.params.identifier, body);
    if (answer.kind === 'refused') return sendRefusal(request, reply, answer);
    return wantsJson(request)
      ? reply.type('application/json; charset=utf-8').send(`{"signature":"${answer.signature}"}`)
      : reply.type('text/plain; charset=utf-8').send(answer.signature);
  });
}

const ALL_REFUSALS = { ...REFUSALS, ...POLICY_REFUSALS };

/** A refusal in the words of the HTTP surface. */
export function describeRefusal({
  reason,
  detail,
  told = detail,
}: (Refusal | PolicyRefusal) & Pick<Refusal, 'told'>) {
  const { summary, hint } = ALL_REFUSALS[reason];
  const message = told === summary ? summary : `${summary} (${told})`;
  return { status: REFUSAL_STATUS[reason], code: reason, message, hint };
}

export function sendRefusal(request: Asking, reply: Answering, refusal: Refusal | PolicyRefusal): unknown {
  const { status, ...error } = describeRefusal(refusal);
  for (const [name, value] of Object.entries(retryHeaders(error.code))) reply.header(name, value);
  return sendError(request, reply, status, error);
}
