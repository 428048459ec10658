import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { JsonLimits } from '../../core/json/json-reader.ts';
import { describeIssue } from '../../core/json/describe-issue.ts';
import { parseStrictJson } from '../../core/json/parse-strict-json.ts';
import { httpError } from './http-errors.ts';

/** Room for every body that is not a list of keystores. */
export const SMALL_JSON: JsonLimits = { maxDepth: 8, maxTokenBytes: 64 * 1024 };

/**
 * The body of a request as its schema describes it.
 * @throws BAD_JSON, or MALFORMED_REQUEST naming the first member that is wrong
 */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  limits: JsonLimits = SMALL_JSON,
): z.infer<Schema> {
  const json = parseStrictJson(body instanceof Uint8Array ? body : new Uint8Array(), limits);
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw httpError('MALFORMED_REQUEST', describeIssue(result.error.issues[0]));
}

export function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}
