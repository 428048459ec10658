import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Logger } from '../../../core/log/logger.ts';
import type { Pubkey } from '../../../core/units.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import { changeKeySetting, type RecordedSetting } from '../../keys/change-key-setting.ts';
import type { KeySettings, KeySettingsStore } from '../../keys/key-settings.ts';
import type { Keyring } from '../../keys/keyring.ts';
import { parseFeeRecipient, parseGasLimit } from '../../keys/setting-values.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { httpError } from '../http-errors.ts';
import { knownKey } from '../known-key.ts';
import { readBody, sendJson } from '../read-body.ts';

export interface KeySettingsModules {
  readonly keyring: Keyring;
  readonly keySettings: KeySettingsStore;
  readonly guard: Guard;
  readonly gate: Gate;
  readonly log: Logger;
}

/** One setting as the keymanager API speaks of it. */
interface SettingRoute extends RecordedSetting {
  readonly path: string;
  /** The member of the body and of the answer. */
  readonly member: string;
  /** @throws BAD_HEX, BAD_INTEGER */
  change(value: string): Partial<KeySettings>;
  readonly unset: Partial<KeySettings>;
}

const FEE_RECIPIENT: SettingRoute = {
  path: 'feerecipient',
  act: 'set-fee-recipient',
  member: 'ethaddress',
  read: ({ feeRecipient }) => feeRecipient,
  change: (value) => ({ feeRecipient: parseFeeRecipient(value, 'ethaddress') }),
  unset: { feeRecipient: null },
};

const GAS_LIMIT: SettingRoute = {
  path: 'gas_limit',
  act: 'set-gas-limit',
  member: 'gas_limit',
  read: ({ gasLimit }) => gasLimit?.toString() ?? null,
  change: (value) => ({ gasLimit: parseGasLimit(value, 'gas_limit') }),
  unset: { gasLimit: null },
};

/**
 * Fee recipient, gas limit and graffiti of the keymanager API. The first two limit what the key signs. A signer has
 * no process-wide default to answer with, so a setting that was never made is 404.
 */
export function keySettingsRoutes(app: FastifyInstance, modules: KeySettingsModules): void {
  settingRoutes(app, FEE_RECIPIENT, modules);
  settingRoutes(app, GAS_LIMIT, modules);
  graffitiRoutes(app, modules);
}

type KeyRequest = FastifyRequest<{ Params: { pubkey: string } }>;

function settingRoutes(app: FastifyInstance, route: SettingRoute, modules: KeySettingsModules): void {
  const { keyring, keySettings, gate } = modules;
  const url = `/eth/v1/validator/:pubkey/${route.path}`;
  const readers = { onRequest: requireAccess(gate, 'keymanager-read') };
  const options = { onRequest: requireAccess(gate, 'keymanager-write') };
  const bodySchema = z.object({ [route.member]: z.string() });

  const change = (request: KeyRequest, pubkey: Pubkey, wanted: Partial<KeySettings>): Promise<void> => {
    const { name: by } = gate.identify(request.raw);
    return changeKeySetting(route, { pubkey, change: wanted, by }, modules);
  };

  app.get(url, readers, (request: KeyRequest, reply) => {
    const pubkey = knownKey(request.params.pubkey, keyring);
    const value = route.read(keySettings.of(pubkey));
    if (value === null) throw notSet(route, pubkey);
    return sendJson(reply, { data: { pubkey, [route.member]: value } });
  });

  app.post(url, options, async (request: KeyRequest, reply) => {
    const pubkey = knownKey(request.params.pubkey, keyring);
    const body = readBody(bodySchema, request.body);
    await change(request, pubkey, route.change(body[route.member] ?? ''));
    return reply.code(202).send();
  });

  app.delete(url, options, async (request: KeyRequest, reply) => {
    const pubkey = knownKey(request.params.pubkey, keyring);
    await change(request, pubkey, route.unset);
    return reply.code(204).send();
  });
}

/**
 * Graffiti is in the block's body, and clients send the header alone: whatever was stored here, blocks would carry
 * the client's own. Reading is refused too: any answer would be taken for what blocks will say.
 */
function graffitiRoutes(app: FastifyInstance, { keyring, gate }: KeySettingsModules): void {
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/eth/v1/validator/:pubkey/graffiti',
    onRequest: requireAccess(gate, 'keymanager-read'),
    handler: (request: KeyRequest) => {
      knownKey(request.params.pubkey, keyring);
      throw httpError('GRAFFITI_NOT_SIGNED');
    },
  });
}

const notSet = ({ path }: SettingRoute, pubkey: Pubkey): Error =>
  httpError('KEY_SETTING_NOT_SET', `${path} of ${pubkey} was never set here`);
