import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendHttpError } from './error-reply.ts';

/** Which hosts a signer answers to. */
export interface HostCheck {
  /** Not for a web page, and under a name that is meant for the signer. */
  allows(headers: IncomingHttpHeaders): boolean;
}

/**
 * A web page that reaches for a signer on the reader's own machine sends an Origin, which no validator client does. And
 * one that has its own name resolve to this machine (DNS rebinding) sends that name as Host, so only names that are meant
 * for the signer are answered; addresses cannot be rebound.
 * @param allowed further host names; `*` allows any
 */
export function hostCheck(allowed: readonly string[]): HostCheck {
  const names = new Set(['localhost', ...allowed.map(hostName)]);
  let passed: string | null = null;
  return {
    allows: ({ origin, host: sent = '' }) => {
      if (origin !== undefined) return false;
      // The last one that passed: clients say the same name again and again.
      if (sent === passed || names.has('*')) return true;
      const host = hostName(sent);
      if (host !== '' && !names.has(host) && isIP(host) === 0) return false;
      passed = sent;
      return true;
    },
  };
}

/** A fastify `onRequest` hook against web pages. By callback: a promise would cost each request a turn of the event loop. */
export function refuseBrowsers(hosts: HostCheck) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { headers } = request;
    if (hosts.allows(headers)) {
      done();
      return;
    }
    if (headers.origin !== undefined) {
      void sendHttpError(request, reply, 'ORIGIN_NOT_ALLOWED');
      return;
    }
    const host = hostName(headers.host ?? '').slice(0, 200);
    void sendHttpError(request, reply, 'HOST_NOT_ALLOWED', `this signer does not answer to the name ${host}`);
  };
}

/** Without the port and the brackets of an IPv6 address; an HTTP/1.0 client may send none. */
function hostName(header: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(header)?.[1];
  return (bracketed ?? header.replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '');
}
