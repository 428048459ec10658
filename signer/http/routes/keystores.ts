import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Pubkey } from '../../../core/units.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import type { KeyManager } from '../../keys/key-manager.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { httpError } from '../http-errors.ts';
import { readBody, sendJson } from '../read-body.ts';
import { parseIdentifier } from '../request-identifier.ts';
import { importKeystores } from './import-keystores.ts';
import { failureOf, type ItemStatus } from './item-status.ts';

export interface KeymanagerModules {
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly keyManager: KeyManager;
  readonly gate: Gate;
}

const PATH = '/eth/v1/keystores';

/** Room for a few thousand keystores with their interchange file; only read from clients that have the token. */
const KEYMANAGER_BODY_LIMIT = 64 * 1024 * 1024;
const JSON_LIMITS = { maxDepth: 16, maxTokenBytes: KEYMANAGER_BODY_LIMIT };

export const importBody = z.object({
  keystores: z.array(z.string()),
  passwords: z.array(z.string()),
  slashing_protection: z.string().nullish(),
});
export const deleteBody = z.object({ pubkeys: z.array(z.string()) });

/** The local keystores part of the keymanager API (ethereum/keymanager-APIs), for those who may. */
export function keystoresRoutes(app: FastifyInstance, modules: KeymanagerModules): void {
  const readers = { onRequest: requireAccess(modules.gate, 'keymanager-read') };
  const options = {
    onRequest: requireAccess(modules.gate, 'keymanager-write'),
    bodyLimit: KEYMANAGER_BODY_LIMIT,
  };

  app.get(PATH, readers, (_request, reply) => {
    const data = modules.keyring
      .pubkeys()
      .map((pubkey) => ({ validating_pubkey: pubkey, derivation_path: '', readonly: false }));
    return sendJson(reply, { data });
  });

  app.post(PATH, options, async (request, reply) => {
    const body = readBody(importBody, request.body, JSON_LIMITS);
    if (body.keystores.length !== body.passwords.length) {
      const lengths = `keystores has ${body.keystores.length} items, passwords has ${body.passwords.length}`;
      throw httpError('MALFORMED_REQUEST', lengths);
    }
    const { name: by } = modules.gate.identify(request.raw);
    return sendJson(reply, { data: await importKeystores(body, modules, by) });
  });

  app.delete(PATH, options, async (request, reply) => {
    const { pubkeys } = readBody(deleteBody, request.body, JSON_LIMITS);
    const { name: by } = modules.gate.identify(request.raw);
    return sendJson(reply, await deleteAll(pubkeys, modules, by));
  });
}

async function deleteAll(texts: readonly string[], { guard, keyManager }: KeymanagerModules, by: string) {
  // Before anything is deleted: the answer carries the history that the next signer needs.
  guard.exportInterchange([]);
  const data: ItemStatus[] = [];
  const pubkeys: Pubkey[] = [];
  for (const [index, text] of texts.entries()) {
    const pubkey = parseIdentifier(text);
    if (pubkey === null) {
      data.push({ status: 'error', message: `pubkeys[${index}] is not 0x and 96 hex digits` });
      continue;
    }
    let status: string = 'error';
    const failure = await failureOf(async () => {
      status = await keyManager.deleteKey(pubkey, by);
    });
    data.push({ status, message: failure ?? '' });
    // Whoever gets this export may activate the key elsewhere: only of keys that can never sign here again.
    if (failure === null) pubkeys.push(pubkey);
  }
  return { data, slashing_protection: [...guard.exportInterchange(pubkeys)].join('') };
}
