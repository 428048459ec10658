import { addressOf, type Access, type Caller } from './access.ts';
import { OWNERS_ACTIONS } from './access-policy.ts';
import { KEYED_ACTIONS } from './actions.ts';
import { compilePolicy } from './compile-policy.ts';
import { identifyClient } from './identify-client.ts';
import type { Decision } from './judge-access.ts';
import { perConnection } from './per-connection.ts';

const ANYBODY: Decision = { allowed: true, rule: null, why: 'there is no access file' };
const OWNERS: Decision = { allowed: true, rule: null, why: 'it has the token of api-token.txt' };
const TOKEN_WANTED: Decision = { allowed: false, rule: null, why: 'it wants the token of api-token.txt' };

/**
 * Without an access file: whoever reaches the port may sign with every key, and what changes keys wants the token of
 * api-token.txt. Callers go by their address.
 */
export function openAccess(token: string): Access {
  const { clients } = compilePolicy({ clients: [], rules: [] }, token);
  const identify = perConnection(
    (request): Caller => ({
      kind: identifyClient(clients, request.headers, null).kind === 'client' ? 'known' : 'unknown',
      name: addressOf(request),
    }),
    () => null,
  );
  return {
    identify,
    judge: ({ kind }, { action }) => {
      if (action === 'commit-boost') return kind === 'known' ? OWNERS : TOKEN_WANTED;
      // As in Web3Signer: it brings nothing in that the data directory does not hold.
      if (KEYED_ACTIONS.includes(action) || action === 'reload') return ANYBODY;
      return kind === 'known' && OWNERS_ACTIONS.includes(action) ? OWNERS : TOKEN_WANTED;
    },
    judgeExit: ({ kind }) => (kind === 'known' ? OWNERS : TOKEN_WANTED),
    mayEver: ({ kind }, action) => action !== 'commit-boost' || kind === 'known',
    rateLimitOf: () => null,
    clientNames: [],
  };
}
