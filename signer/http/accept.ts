import type { FastifyRequest } from 'fastify';

/**
 * JSON when the client lists `application/json` or takes anything, text otherwise, also when it says nothing: what
 * Web3Signer does, so that its clients get what they expect. Weights are not looked at.
 */
export function wantsJson(request: FastifyRequest): boolean {
  return lists(request, 'application/json', '*/*');
}

/** Whether an answer that exists as text only is welcome; a client that says nothing takes what there is. */
export const takesText = (request: FastifyRequest): boolean =>
  saysNothing(request) || lists(request, 'text/plain', 'text/*', '*/*');

/** Whether an answer that exists as JSON only is welcome. */
export const takesJson = (request: FastifyRequest): boolean =>
  saysNothing(request) || lists(request, 'application/json', 'application/*', '*/*');

const saysNothing = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').trim() === '';

function lists({ headers }: FastifyRequest, ...types: readonly string[]): boolean {
  const listed = (headers.accept ?? '')
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim().toLowerCase());
  return types.some((type) => listed.includes(type));
}
