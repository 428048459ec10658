import type { Asking } from './answering.ts';

/**
 * JSON when the client lists `application/json` or takes anything, text otherwise, also when it says nothing: what
 * Web3Signer does, so that its clients get what they expect. Weights are not looked at.
 */
export function wantsJson(request: Asking): boolean {
  return lists(request, 'application/json', '*/*');
}

/** Whether an answer that exists as text only is welcome; a client that says nothing takes what there is. */
export const takesText = (request: Asking): boolean =>
  saysNothing(request) || lists(request, 'text/plain', 'text/*', '*/*');

/** Whether an answer that exists as JSON only is welcome. */
export const takesJson = (request: Asking): boolean =>
  saysNothing(request) || lists(request, 'application/json', 'application/*', '*/*');

const saysNothing = ({ headers }: Asking): boolean => (headers.accept ?? '').trim() === '';

/** Clients have few ways to say what they accept, and say it with every request. */
const ranges = new Map<string, readonly string[]>();
const MOST_KEPT = 64;

function lists({ headers }: Asking, ...types: readonly string[]): boolean {
  const accept = headers.accept ?? '';
  let listed = ranges.get(accept);
  if (listed === undefined) {
    listed = accept.split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());
    if (ranges.size < MOST_KEPT && accept.length < 256) ranges.set(accept, listed);
  }
  return types.some((type) => listed.includes(type));
}
