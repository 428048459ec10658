import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../../core/chain/slot-clock.ts';
import { toHex } from '../../../core/hex.ts';
import { parseStrictJson } from '../../../core/json/parse-strict-json.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import { REFUSALS, type Refusal } from '../../../slashing-db/index.ts';
import { laneOf } from '../../bls/lanes.ts';
import type { Keyring } from '../../keys/keyring.ts';
import { parseSignRequest, type SignRequest } from '../../messages/index.ts';
import type { PolicyGate } from '../../policy/policy-gate.ts';
import { POLICY_REFUSALS, type PolicyRefusal } from '../../policy/policy-refusals.ts';
import type { SignerMetrics } from '../../metrics/signer-metrics.ts';
import { wantsJson } from '../accept.ts';
import { sendError } from '../error-reply.ts';
import { httpError } from '../http-errors.ts';
import { REFUSAL_STATUS } from '../refusal-status.ts';
import { parseIdentifier } from '../request-identifier.ts';

export interface SignModules {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly keyring: Keyring;
  readonly policy: PolicyGate;
  readonly metrics: SignerMetrics;
  readonly log: Logger;
}

/** The deepest honest body, a phase0 block with slashings, nests ten levels. */
const JSON_LIMITS = { maxDepth: 32, maxTokenBytes: 1024 * 1024 };

/** `POST /api/v1/eth2/sign/{identifier}` of the remote-signing API. */
export function signRoute(app: FastifyInstance, modules: SignModules): void {
  app.post<{ Params: { identifier: string } }>('/api/v1/eth2/sign/:identifier', async (request, reply) => {
    const stopTimer = modules.metrics.signSeconds.startTimer();
    let type = 'unknown';
    try {
      const pubkey = identify(request, modules.keyring);
      const signRequest = parseBody(request, modules);
      type = signRequest.type;
      return await answer(request, reply, pubkey, signRequest, modules);
    } catch (error) {
      const reason = isVigilError(error) ? error.code : 'INTERNAL';
      modules.metrics.signRequests.inc({ type, result: 'rejected', reason });
      throw error;
    } finally {
      stopTimer({ type });
    }
  });
}

function identify(request: FastifyRequest<{ Params: { identifier: string } }>, keyring: Keyring): Pubkey {
  const pubkey = parseIdentifier(request.params.identifier);
  if (pubkey === null) throw httpError('MALFORMED_IDENTIFIER');
  if (!keyring.has(pubkey)) throw httpError('UNKNOWN_KEY', `the key ${pubkey} is not loaded in this signer`);
  return pubkey;
}

function parseBody(request: FastifyRequest, { spec, clock }: SignModules): SignRequest {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  return parseSignRequest(parseStrictJson(body, JSON_LIMITS), { spec, clock });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  pubkey: Pubkey,
  signRequest: SignRequest,
  { keyring, policy, metrics, log }: SignModules,
): Promise<FastifyReply> {
  const { type, message } = signRequest;
  const asked = { client: request.ip, type };
  const outcome =
    policy.refusalOf(pubkey, signRequest, asked) ??
    (await keyring.sign(pubkey, message, asked, { lane: laneOf(type) }));
  // The key was deleted while the body was being read.
  if (outcome === null) throw httpError('UNKNOWN_KEY');
  if (outcome.kind === 'refused') {
    metrics.signRequests.inc({ type, result: 'refused', reason: outcome.reason });
    log.warn({ pubkey, type, code: outcome.reason, detail: outcome.detail }, 'refused to sign');
    return sendRefusal(request, reply, outcome);
  }
  metrics.signRequests.inc({ type, result: 'signed', reason: '' });
  const signature = toHex(outcome.signature);
  return wantsJson(request)
    ? reply.type('application/json; charset=utf-8').send(`{"signature":"${signature}"}`)
    : reply.type('text/plain; charset=utf-8').send(signature);
}

const ALL_REFUSALS = { ...REFUSALS, ...POLICY_REFUSALS };

export function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: Refusal | PolicyRefusal,
): FastifyReply {
  const { summary, hint } = ALL_REFUSALS[refusal.reason];
  const message = refusal.detail === summary ? summary : `${summary} (${refusal.detail})`;
  return sendError(request, reply, REFUSAL_STATUS[refusal.reason], { code: refusal.reason, message, hint });
}
