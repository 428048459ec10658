import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { readBody, sendJson } from '../read-body.ts';
import type { ItemStatus } from './item-status.ts';

const PATH = '/eth/v1/remotekeys';

/** Room for the keys of 100,000 validators with the URL of their signer. */
const REMOTE_KEYS_BODY_LIMIT = 32 * 1024 * 1024;
const JSON_LIMITS = { maxDepth: 8, maxTokenBytes: 64 * 1024 };

export const importBody = z.object({ remote_keys: z.array(z.object({ pubkey: z.string() })) });
export const deleteBody = z.object({ pubkeys: z.array(z.string()) });

const REFUSED: ItemStatus = {
  status: 'error',
  message:
    'this is the remote signer itself: it signs with keys of its own and hands nothing on to another signer',
};
const NOT_FOUND: ItemStatus = { status: 'not_found', message: 'this signer has no remote keys' };

/**
 * The remote keys part of the keymanager API. Handing requests on to another signer would put a second slashing
 * database behind this one, so there are none: the answers say so item by item, as the API wants it.
 */
export function remoteKeysRoutes(app: FastifyInstance, { gate }: { readonly gate: Gate }): void {
  const readers = { onRequest: requireAccess(gate, 'keymanager-read') };
  const options = { onRequest: requireAccess(gate, 'keymanager-write'), bodyLimit: REMOTE_KEYS_BODY_LIMIT };
  app.get(PATH, readers, (_request, reply) => sendJson(reply, { data: [] }));
  app.post(PATH, options, (request, reply) => {
    const { remote_keys: keys } = readBody(importBody, request.body, JSON_LIMITS);
    return sendJson(reply, { data: keys.map(() => REFUSED) });
  });
  app.delete(PATH, options, (request, reply) => {
    const { pubkeys } = readBody(deleteBody, request.body, JSON_LIMITS);
    return sendJson(reply, { data: pubkeys.map(() => NOT_FOUND) });
  });
}
