import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asking } from './answering.ts';
import { sendHttpError } from './error-reply.ts';

/** Whether a body is what it says: JSON as it stands. Without a type it is taken for that. */
export function isPlainJson({ headers }: Asking): boolean {
  const { 'content-type': type, 'content-encoding': encoding } = headers;
  const json = type === undefined || type === 'application/json' || /^application\/json\s*(;|$)/i.test(type);
  return json && (encoding === undefined || encoding === 'identity');
}

/** A fastify `onRequest` hook that turns anything but plain JSON away unread. */
export function acceptPlainJsonOnly(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (isPlainJson(request)) {
    done();
    return;
  }
  reply.header('connection', 'close');
  void sendHttpError(request, reply, 'UNSUPPORTED_MEDIA_TYPE');
}
