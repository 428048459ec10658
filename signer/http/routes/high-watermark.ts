import type { FastifyInstance } from 'fastify';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { Guard } from '../../../slashing-db/index.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Gate } from '../../access/gate.ts';
import { requireAccess } from '../access-hook.ts';
import { jsonOnly } from '../json-only.ts';

export interface HighWatermarkModules {
  readonly spec: ChainSpec;
  readonly guard: Guard;
  readonly keyring: Keyring;
  readonly gate: Gate;
}

/**
 * `GET /api/v1/eth2/highWatermark`: the epoch and slot from which on nothing is signed any more, `{}` when there is no
 * such point. Web3Signer has one for its whole database; here each key has its own since it was handed over, so there
 * is one to tell only while all loaded keys share it.
 */
export function highWatermarkRoute(app: FastifyInstance, modules: HighWatermarkModules): void {
  // It tells of the keys, if little: whoever may list none of them does not learn it.
  const options = { onRequest: [requireAccess(modules.gate, 'list-keys'), jsonOnly] };
  app.get('/api/v1/eth2/highWatermark', options, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(highWatermark(modules))),
  );
}

function highWatermark({ spec, guard, keyring }: HighWatermarkModules): { epoch?: string; slot?: string } {
  const ceilings = new Set(keyring.pubkeys().map((pubkey) => guard.statusOf(pubkey).outEpoch));
  const [epoch] = ceilings;
  if (epoch === undefined || epoch === null || ceilings.size > 1) return {};
  return { epoch: epoch.toString(), slot: (epoch * spec.slotsPerEpoch).toString() };
}
