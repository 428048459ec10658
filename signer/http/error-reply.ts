import { wantsJson } from './accept.ts';
import type { Answering, Asking } from './answering.ts';
import { HTTP_ERRORS, type HttpErrorCode } from './http-errors.ts';

export interface ErrorBody {
  /** Stable and machine-readable; listed in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** One shape for everything that is not a signature; a client that asked for text gets text. */
export function sendError(request: Asking, reply: Answering, status: number, error: ErrorBody): unknown {
  reply.code(status);
  const { code, message, hint } = error;
  return wantsJson(request)
    ? reply.type('application/json; charset=utf-8').send(JSON.stringify({ code, message, hint }))
    : reply.type('text/plain; charset=utf-8').send(`${code}: ${message}\n${hint}\n`);
}

/** Answers with an entry of the catalogue, with a message of its own if there is more to say. */
export function sendHttpError(
  request: Asking,
  reply: Answering,
  code: HttpErrorCode,
  message: string = HTTP_ERRORS[code].summary,
): unknown {
  const { status, hint } = HTTP_ERRORS[code];
  return sendError(request, reply, status, { code, message, hint });
}
