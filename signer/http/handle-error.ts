import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Answering, Asking } from './answering.ts';
import { sendError, sendHttpError } from './error-reply.ts';
import { errorStatus, retryHeaders } from './http-errors.ts';
import { logFailure } from './log-failure.ts';

/** Answers a request that ended in an error of ours, of fastify's, or of nobody's. */
export function handleError(error: unknown, request: Asking, reply: Answering, log: Logger): unknown {
  if (isVigilError(error)) {
    for (const [name, value] of Object.entries(retryHeaders(error.code))) reply.header(name, value);
    const status = errorStatus(error.code);
    logFailure(error, request.url, log);
    return sendError(request, reply, status, { code: error.code, message: error.message, hint: error.hint });
  }
  const { statusCode } = error as { readonly statusCode?: number };
  if (statusCode === 413) {
    return sendHttpError(request, reply.header('connection', 'close'), 'BODY_TOO_LARGE');
  }
  if (statusCode !== undefined && statusCode < 500) {
    return sendHttpError(request, reply, 'MALFORMED_REQUEST');
  }
  // What went wrong is for the log; the client learns only that there is no signature.
  log.error({ err: error }, 'unexpected error');
  return sendHttpError(request, reply, 'INTERNAL');
}
