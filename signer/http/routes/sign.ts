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
import type { Caller } from '../../access/access.ts';
import type { Gate } from '../../access/gate.ts';
import { wantsJson } from '../accept.ts';
import { refuseDenied, requireAccess } from '../access-hook.ts';
import { sendError } from '../error-reply.ts';
import { httpError } from '../http-errors.ts';
import { REFUSAL_STATUS } from '../refusal-status.ts';
import { parseIdentifier } from '../request-identifier.ts';

export interface SignModules {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly keyring: Keyring;
  readonly policy: PolicyGate;
  readonly gate: Gate;
  readonly metrics: SignerMetrics;
  readonly log: Logger;
}

/** The deepest honest body, a phase0 block with slashings, nests ten levels. */
const JSON_LIMITS = { maxDepth: 32, maxTokenBytes: 1024 * 1024 };

/** `POST /api/v1/eth2/sign/{identifier}` of the remote-signing API. */
export function signRoute(app: FastifyInstance, modules: SignModules): void {
  const options = { onRequest: requireAccess(modules.gate, 'sign') };
  const path = '/api/v1/eth2/sign/:identifier';
  app.post<{ Params: { identifier: string } }>(path, options, async (request, reply) => {
    const stopTimer = modules.metrics.signSeconds.startTimer();
    let type = 'unknown';
    try {
      const caller = modules.gate.identify(request.raw);
      const pubkey = identify(request, caller, modules);
      const signRequest = parseBody(request, modules);
      type = signRequest.type;
      refuseDeniedOnRecord(caller, pubkey, signRequest, modules);
      return await answer(request, reply, caller, pubkey, signRequest, modules);
    } catch (error) {
      const reason = isVigilError(error) ? error.code : 'INTERNAL';
      modules.metrics.signRequests.inc({ type, result: 'rejected', reason });
      throw error;
    } finally {
      stopTimer({ type });
    }
  });
}

function identify(
  request: FastifyRequest<{ Params: { identifier: string } }>,
  caller: Caller,
  { keyring, gate }: SignModules,
): Pubkey {
  const pubkey = parseIdentifier(request.params.identifier);
  if (pubkey === null) throw httpError('MALFORMED_IDENTIFIER');
  // First, and alike for keys that are here and keys that are not: who may not use a key does not learn of it.
  refuseDenied(gate.judgeKey(caller, 'sign', pubkey));
  if (!keyring.has(pubkey)) throw httpError('UNKNOWN_KEY', `the key ${pubkey} is not loaded in this signer`);
  return pubkey;
}

function parseBody(request: FastifyRequest, { spec, clock }: SignModules): SignRequest {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  return parseSignRequest(parseStrictJson(body, JSON_LIMITS), { spec, clock });
}

/** The history has also what a client asked for with a key of its own and may not have. */
function refuseDeniedOnRecord(
  caller: Caller,
  pubkey: Pubkey,
  { type, message }: SignRequest,
  { gate, keyring }: SignModules,
): void {
  const denial = gate.judge(caller, { action: 'sign', key: pubkey, type });
  if (denial !== null) keyring.recordRefusal(pubkey, message, { client: caller.name, type }, denial.code);
  refuseDenied(denial);
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  pubkey: Pubkey,
  signRequest: SignRequest,
  { keyring, policy, metrics, log }: SignModules,
): Promise<FastifyReply> {
  const { type, message } = signRequest;
  const asked = { client: caller.name, type };
  const outcome =
    policy.refusalOf(pubkey, signRequest, asked) ??
    (await keyring.sign(pubkey, message, asked, { lane: laneOf(type) }));
  // The key was deleted while the body was being read.
  if (outcome === null) throw httpError('UNKNOWN_KEY');
  if (outcome.kind === 'refused') {
    metrics.signRequests.inc({ type, result: 'refused', reason: outcome.reason });
    log.warn(
      { client: caller.name, pubkey, type, code: outcome.reason, detail: outcome.detail },
      'refused to sign',
    );
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
