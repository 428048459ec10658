import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../../keys/keyring.ts';
import { jsonOnly } from '../json-only.ts';

/** `GET /api/v1/eth2/publicKeys`: the keys that can sign now, a JSON array of lower-case 0x pubkeys. */
export function publicKeysRoute(app: FastifyInstance, keyring: Keyring): void {
  app.get('/api/v1/eth2/publicKeys', { onRequest: jsonOnly }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(keyring.pubkeys())),
  );
}
