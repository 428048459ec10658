import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../../keys/keyring.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { jsonOnly } from '../json-only.ts';

/**
 * `GET /api/v1/eth2/publicKeys`: the keys that are loaded or being opened and that the client may know of, a JSON array
 * of lower-case 0x pubkeys. Some clients ask once, at their own start: what is not in it then stays without duties.
 */
export function publicKeysRoute(app: FastifyInstance, keyring: Keyring, gate: Gate): void {
  const options = { onRequest: [requireAccess(gate, 'list-keys'), jsonOnly] };
  app.get('/api/v1/eth2/publicKeys', options, (request, reply) => {
    const keys = gate.visible(gate.identify(request.raw), keyring.listedPubkeys());
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(keys));
  });
}
