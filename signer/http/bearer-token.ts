import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendHttpError } from './error-reply.ts';

/** A fastify `onRequest` hook: runs before the body is read, so that a stranger cannot make us buffer anything. */
export function requireBearerToken(token: string) {
  const expected = digest(token);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const sent = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have one length, so the comparison takes the same time for every token.
    if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return;
    await sendHttpError(request, reply.header('www-authenticate', 'Bearer'), 'UNAUTHORIZED');
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();
