import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../../keys/keyring.ts';
import { sendHttpError } from '../error-reply.ts';

const ACCEPTABLE = /(^|,)\s*(application\/json|application\/\*|\*\/\*)\s*(;|,|$)/i;

/** `GET /api/v1/eth2/publicKeys`: the keys that can sign now, a JSON array of lower-case 0x pubkeys. */
export function publicKeysRoute(app: FastifyInstance, keyring: Keyring): void {
  app.get('/api/v1/eth2/publicKeys', (request, reply) => {
    const accept = request.headers.accept ?? '';
    if (accept !== '' && !ACCEPTABLE.test(accept)) {
      return sendHttpError(request, reply, 'NOT_ACCEPTABLE');
    }
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(keyring.pubkeys()));
  });
}
