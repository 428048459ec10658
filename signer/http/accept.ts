import type { FastifyRequest } from 'fastify';

/**
 * JSON when the client lists `application/json` or takes anything, text otherwise, also when it says nothing: what
 * Web3Signer does, so that its clients get what they expect. Weights are not looked at.
 */
export function wantsJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return /(^|,)\s*(application\/json|\*\/\*)\s*(;|,|$)/i.test(accept);
}
