import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BeaconNode, ValidatorOnChain } from '../../../beacon/beacon-node.ts';
import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import type { SlotClock } from '../../../core/chain/slot-clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { Gate } from '../../access/gate.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { SignerMetrics } from '../../metrics/signer-metrics.ts';
import type { PolicyGate } from '../../policy/policy-gate.ts';
import { isVigilError } from '../../../core/errors.ts';
import { toHex } from '../../../core/hex.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { epoch, type Epoch, type Pubkey } from '../../../core/units.ts';
import { exitRequest } from '../exit-request.ts';
import { parseSignRequest } from '../../messages/index.ts';
import { refuseDenied, requireAccess } from '../access-hook.ts';
import { httpError } from '../http-errors.ts';
import { knownKey } from '../known-key.ts';
import { parseIdentifier } from '../request-identifier.ts';
import { sendJson } from '../read-body.ts';
import { sendRefusal } from './sign.ts';

export interface VoluntaryExitModules {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly keyring: Keyring;
  readonly gate: Gate;
  readonly policy: PolicyGate;
  readonly metrics: SignerMetrics;
  readonly log: Logger;
  /** Asked one after the other for the index of the validator. */
  readonly beaconNodes: readonly BeaconNode[];
}

type ExitRequest = FastifyRequest<{ Params: { pubkey: string }; Querystring: { epoch?: unknown } }>;

/**
 * `POST /eth/v1/validator/{pubkey}/voluntary_exit?epoch=N` of the keymanager API: signs an exit and gives it back;
 * whoever asked submits it to a beacon node. Without an epoch it is the current one. It is a signature: whoever may use
 * the API must also be allowed to have this key sign exits.
 */
export function voluntaryExitRoute(app: FastifyInstance, modules: VoluntaryExitModules): void {
  const { spec, clock, keyring, policy, metrics, log, gate, beaconNodes } = modules;
  const options = { onRequest: requireAccess(gate, 'keymanager-write') };
  app.post('/eth/v1/validator/:pubkey/voluntary_exit', options, async (request: ExitRequest, reply) => {
    refuseStrangersExit(request, modules);
    const pubkey = knownKey(request.params.pubkey, keyring);
    const at = exitEpoch(request.query.epoch, clock.currentEpoch());
    const { index } = await activeValidator(pubkey, beaconNodes);
    const exit = { epoch: at.toString(), validator_index: index };
    // The way of every sign request, so that the domain and what is recorded are the same.
    const signRequest = parseSignRequest(exitRequest(exit, at, spec), { spec, clock });
    const { type, message } = signRequest;
    const asked = { client: gate.identify(request.raw).name, type };
    const outcome =
      policy.refusalOf(pubkey, signRequest, asked) ?? (await keyring.sign(pubkey, message, asked));
    if (outcome === null) throw httpError('UNKNOWN_KEY');
    if (outcome.kind === 'refused') {
      metrics.countSign(type, 'refused', outcome.reason);
      log.warn({ pubkey, type, code: outcome.reason, detail: outcome.detail }, 'refused to sign');
      return sendRefusal(request, reply, outcome);
    }
    metrics.countSign(type, 'signed', '');
    log.warn({ pubkey, validator: index, epoch: exit.epoch }, 'a voluntary exit was signed');
    return sendJson(reply, { data: { message: exit, signature: toHex(outcome.signature) } });
  });
}

/** Before anything is looked up: who may not does not learn of the key. @throws ACCESS_DENIED, UNAUTHORIZED */
function refuseStrangersExit(request: ExitRequest, { gate, keyring }: VoluntaryExitModules): void {
  const pubkey = parseIdentifier(request.params.pubkey);
  if (pubkey === null) return;
  const caller = gate.identify(request.raw);
  const denial = gate.judgeExit(caller, pubkey);
  if (denial === null) return;
  keyring.recordRefusal(pubkey, null, { client: caller.name, type: 'VOLUNTARY_EXIT' }, denial.code);
  refuseDenied(denial);
}

const exitEpoch = (asked: unknown, current: Epoch): Epoch =>
  asked === undefined ? current : epoch(parseUint64(asked, 'epoch'));

/** @throws BEACON_NODE_NEEDED, BEACON_*, VALIDATOR_NOT_FOUND, VALIDATOR_NOT_ACTIVE */
async function activeValidator(pubkey: Pubkey, nodes: readonly BeaconNode[]): Promise<ValidatorOnChain> {
  const validator = await askOneOf(nodes, pubkey);
  if (validator === undefined) {
    throw httpError('VALIDATOR_NOT_FOUND', `the beacon chain knows no validator with the key ${pubkey}`);
  }
  if (validator.status === 'active_ongoing') return validator;
  throw httpError('VALIDATOR_NOT_ACTIVE', `validator ${validator.index} is ${validator.status}`);
}

/** The first node that answers is believed: a wrong index makes an exit that the chain does not accept. */
async function askOneOf(nodes: readonly BeaconNode[], pubkey: Pubkey): Promise<ValidatorOnChain | undefined> {
  let failure: Error = httpError('BEACON_NODE_NEEDED');
  for (const node of nodes) {
    try {
      const validators = await node.validators([pubkey]);
      return validators.find((validator) => validator.pubkey === pubkey);
    } catch (error) {
      if (!isVigilError(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}
