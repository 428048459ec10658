import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { strangerHosts } from '../../core/http/host-names.ts';
import { sendHttpError } from './error-reply.ts';

/** Which hosts a signer answers to. */
export interface HostCheck {
  /** Not for a web page, and under a name that is meant for the signer. */
  allows(headers: IncomingHttpHeaders): boolean;
  /** The name that is not; null for one that is. */
  stranger(headers: IncomingHttpHeaders): string | null;
}

/**
 * Web pages that reach for a signer on the reader's own machine send an Origin, which no validator client does; what they
 * can do without one, `strangerHosts` turns away.
 * @param allowed further host names; `*` allows any
 */
export function hostCheck(allowed: readonly string[]): HostCheck {
  const strangerIn = strangerHosts(allowed);
  return {
    allows: ({ origin, host }) => origin === undefined && strangerIn(host) === null,
    stranger: ({ host }) => strangerIn(host),
  };
}

/** A fastify `onRequest` hook against web pages. By callback: a promise would cost each request a turn of the event loop. */
export function refuseBrowsers(hosts: HostCheck) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { headers } = request;
    if (headers.origin !== undefined) {
      void sendHttpError(request, reply, 'ORIGIN_NOT_ALLOWED');
      return;
    }
    const stranger = hosts.stranger(headers);
    if (stranger === null) {
      done();
      return;
    }
    const message = `this signer does not answer to ${stranger === '' ? 'an empty name' : `the name ${stranger}`}`;
    void sendHttpError(request, reply, 'HOST_NOT_ALLOWED', message);
  };
}
