import type { FastifyReply, FastifyRequest } from 'fastify';
import { takesJson } from './accept.ts';
import { sendHttpError } from './error-reply.ts';

/** A fastify `onRequest` hook of routes that have nothing but JSON: 406 for who wants something else. */
export async function jsonOnly(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!takesJson(request)) await sendHttpError(request, reply, 'NOT_ACCEPTABLE');
}
