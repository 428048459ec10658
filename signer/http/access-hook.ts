import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Action } from '../access/actions.ts';
import type { Denial, Gate } from '../access/gate.ts';
import type { Answering, Asking } from './answering.ts';
import { sendHttpError } from './error-reply.ts';
import { httpError } from './http-errors.ts';

/** A fastify `onRequest` hook: runs before the body is read, so that a stranger cannot make us buffer anything. */
export function requireAccess(gate: Gate, action: Action) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const denial = gate.enter(request.raw, action);
    if (denial === null) {
      done();
      return;
    }
    denyAccess(request, reply, denial);
  };
}

/** Answers a request that may not go on. */
export function denyAccess(request: Asking, reply: Answering, denial: Denial): void {
  if (denial.code === 'UNAUTHORIZED') reply.header('www-authenticate', 'Bearer');
  if (denial.code === 'RATE_LIMITED') reply.header('retry-after', `${denial.retryAfterSeconds ?? 1}`);
  void sendHttpError(request, reply, denial.code, denial.message);
}

/** For what is only known after the body was read. @throws ACCESS_DENIED, or UNAUTHORIZED after a change of the access file */
export function refuseDenied(denial: Denial | null): void {
  if (denial !== null) throw httpError(denial.code, denial.message);
}
