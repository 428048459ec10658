import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isVigilError } from '../../../core/errors.ts';
import { describeIssue } from '../../../core/json/describe-issue.ts';
import { parseStrictJson, type JsonValue } from '../../../core/json/parse-strict-json.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { Answer } from '../../desk/sign-desk.ts';
import { denyAccess, requireAccess } from '../access-hook.ts';
import { askerOf } from '../asker.ts';
import { errorStatus, HTTP_ERRORS, httpError } from '../http-errors.ts';
import { sendJson } from '../read-body.ts';
import { describeRefusal, type SignModules } from './sign.ts';

/** As many as one queue holds votes for. */
const MOST_IDENTIFIERS = 7500;
/** 100 bytes for each identifier, and the largest message. */
const BODY_LIMIT = 2 * 1024 * 1024;
const JSON_LIMITS = { maxDepth: 34, maxTokenBytes: BODY_LIMIT };

export const batchBody = z.strictObject({
  identifiers: z.array(z.string()).min(1).max(MOST_IDENTIFIERS),
  signing_request: z.unknown(),
});

/**
 * `POST /api/v1/eth2/sign` with many identifiers and one message, as proposed for the remote-signing API: an answer for
 * each, in their order, one signing root and one commit for all.
 */
export function signBatchRoute(
  app: FastifyInstance,
  { desk, gate, log }: SignModules & { readonly log: Logger },
): void {
  const options = { onRequest: requireAccess(gate, 'sign'), bodyLimit: BODY_LIMIT };
  app.post('/api/v1/eth2/sign', options, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const { identifiers, message } = parseBatch(parseStrictJson(body, JSON_LIMITS));
    const limited = gate.charge(request.raw, identifiers.length - 1);
    if (limited !== null) {
      denyAccess(request, reply, limited);
      return reply;
    }
    const answers = await desk.signAll(askerOf(request.raw, gate), identifiers, message);
    return sendJson(
      reply,
      answers.map((answer, index) => ({ identifier: identifiers[index], ...itemOf(answer, log) })),
    );
  });
}

function parseBatch(json: JsonValue): { identifiers: readonly string[]; message: JsonValue } {
  const { success, data, error } = batchBody.safeParse(json);
  if (success && data.signing_request !== undefined) {
    return { identifiers: data.identifiers, message: data.signing_request as JsonValue };
  }
  throw httpError(
    'MALFORMED_REQUEST',
    error === undefined ? 'signing_request is missing' : describeIssue(error.issues[0]),
  );
}

/** `code` is the status that the same request had got alone; `reason` is ours. */
function itemOf(answer: Answer | Error, log: Logger) {
  if (!(answer instanceof Error)) {
    if (answer.kind === 'signed') return { signature: answer.signature };
    const { status, code, message, hint } = describeRefusal(answer);
    return { error: { code: status, message, reason: code, hint } };
  }
  if (isVigilError(answer)) {
    const { code, message, hint } = answer;
    return { error: { code: errorStatus(code), message, reason: code, hint } };
  }
  log.error({ err: answer }, 'unexpected error');
  const { status, summary, hint } = HTTP_ERRORS.INTERNAL;
  return { error: { code: status, message: summary, reason: 'INTERNAL', hint } };
}
