import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isVigilError } from '../../../core/errors.ts';
import { toHex } from '../../../core/hex.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { parsePubkey, parseRoot, type Pubkey } from '../../../core/units.ts';
import { REFUSALS, type Outcome } from '../../../slashing-db/index.ts';
import { COMMIT_BOOST_TYPES, type CommitBoost } from '../../commit-boost/commit-boost.ts';
import type { SignerMetrics } from '../../metrics/signer-metrics.ts';
import type { Gate } from '../../access/gate.ts';
import { refuseDenied, requireAccess } from '../access-hook.ts';
import { errorStatus, HTTP_ERRORS, httpError, retryHeaders, type HttpErrorCode } from '../http-errors.ts';
import { logFailure } from '../log-failure.ts';
import { readBody, sendJson } from '../read-body.ts';
import { REFUSAL_STATUS } from '../refusal-status.ts';

export interface CommitBoostModules {
  /** Null while the API is switched off: then its paths do not exist. */
  readonly commitBoost: CommitBoost | null;
  readonly metrics: SignerMetrics;
  readonly gate: Gate;
  readonly log: Logger;
}

/** Web3Signer writes these words in capitals, Commit-Boost's own modules in small letters. */
const word = <const Word extends string>(...words: readonly Word[]) =>
  z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(words));

const hex = z.string().transform((text) => (/^0x/i.test(text) ? text : `0x${text}`).toLowerCase());

/**
 * Strict: later versions of the API have members that change what is signed, and a signature without them would be
 * another one than was asked for.
 */
const generateBody = z.strictObject({ pubkey: hex, scheme: word('BLS', 'ECDSA') });
const signatureBody = z.strictObject({
  type: word('CONSENSUS', 'PROXY_BLS', 'PROXY_ECDSA'),
  pubkey: hex,
  object_root: z.string(),
});

/** Commit-Boost's signer API, for those who may: without an access file, whoever has the token of api-token.txt. */
export function commitBoostRoutes(app: FastifyInstance, modules: CommitBoostModules): void {
  const { commitBoost, metrics, gate } = modules;
  if (commitBoost === null) return;
  const options = {
    onRequest: requireAccess(gate, 'commit-boost'),
    errorHandler: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      sendFailure(reply, error, modules);
    },
  };
  for (const type of Object.values(COMMIT_BOOST_TYPES)) {
    metrics.signRequests.inc({ type, result: 'signed', reason: '' }, 0);
  }

  /** @throws ACCESS_DENIED unless the caller may use this consensus key */
  const callerFor = (request: FastifyRequest, key: Pubkey): string => {
    const caller = gate.identify(request.raw);
    refuseDenied(gate.judgeKey(caller, 'commit-boost', key));
    return caller.name;
  };

  app.get('/signer/v1/get_pubkeys', options, (request, reply) => {
    const caller = gate.identify(request.raw);
    const all = commitBoost.pubkeys();
    // Its own action, not list-keys: a module learns of the keys that it can ask signatures of, and of no others.
    const keys = all
      .filter(({ consensus }) => gate.couldUse(caller, 'commit-boost', consensus))
      .map(({ consensus, proxyBls, proxyEcdsa }) => ({
        consensus,
        proxy_bls: proxyBls,
        proxy_ecdsa: proxyEcdsa,
      }));
    return sendJson(reply, { keys });
  });

  app.post('/signer/v1/generate_proxy_key', options, async (request, reply) => {
    const { pubkey, scheme } = readBody(generateBody, request.body);
    const delegator = parsePubkey(pubkey, 'pubkey');
    const outcome = await commitBoost.generateProxyKey(delegator, scheme, callerFor(request, delegator));
    const asked = { pubkey, type: COMMIT_BOOST_TYPES.DELEGATION };
    return answer(reply, asked, outcome, modules, ({ proxy, signature }) => ({
      message: { delegator, proxy },
      signature: toHex(signature),
    }));
  });

  app.post('/signer/v1/request_signature', options, async (request, reply) => {
    const { type, pubkey, object_root: objectRoot } = readBody(signatureBody, request.body);
    const root = parseRoot(objectRoot, 'object_root');
    if (type === 'CONSENSUS') {
      const key = parsePubkey(pubkey, 'pubkey');
      const outcome = await commitBoost.signAsConsensus(key, root, callerFor(request, key));
      return answer(reply, { pubkey, type: COMMIT_BOOST_TYPES.CONSENSUS }, outcome, modules, toHex);
    }
    const scheme = type === 'PROXY_BLS' ? 'BLS' : 'ECDSA';
    const delegator = commitBoost.delegatorOf(scheme, pubkey);
    const outcome =
      delegator === null
        ? null
        : await commitBoost.signAsProxy(scheme, pubkey, root, callerFor(request, delegator));
    return answer(reply, { pubkey, type: COMMIT_BOOST_TYPES.PROXY }, outcome, modules, toHex);
  });
}

function answer<S>(
  reply: FastifyReply,
  { pubkey, type }: { readonly pubkey: string; readonly type: string },
  outcome: Outcome<S> | null,
  { metrics, log }: CommitBoostModules,
  encode: (signature: S) => unknown,
): FastifyReply {
  if (outcome === null) throw httpError('UNKNOWN_KEY', 'Unknown pubkey');
  if (outcome.kind === 'released') {
    metrics.countSign(type, 'signed', '');
    return sendJson(reply, encode(outcome.signature));
  }
  const { reason, detail } = outcome;
  metrics.countSign(type, 'refused', reason);
  log.warn({ pubkey, type, code: reason, detail }, 'refused to sign');
  return sendCommitBoostError(reply, REFUSAL_STATUS[reason], REFUSALS[reason].summary, reason);
}

function sendFailure(
  reply: FastifyReply,
  error: FastifyError,
  { metrics, log }: CommitBoostModules,
): FastifyReply {
  const reason = isVigilError(error) ? error.code : codeOf(error);
  metrics.countSign(COMMIT_BOOST_TYPES.CONSENSUS, 'rejected', reason);
  const status = errorStatus(reason);
  if (status < 500) {
    const message = isVigilError(error) ? error.message : HTTP_ERRORS[codeOf(error)].summary;
    return sendCommitBoostError(reply, status, message, reason);
  }
  // What went wrong may name files of this machine: it is for the log.
  if (isVigilError(error)) logFailure(error, undefined, log);
  else log.error({ err: error, code: reason }, 'a request of a Commit-Boost module failed');
  const message = status === 503 ? 'Service Unavailable' : 'Internal Error';
  return sendCommitBoostError(reply.headers(retryHeaders(reason)), status, message, reason);
}

/** Of what fastify itself refused. */
function codeOf({ statusCode = 500 }: FastifyError): HttpErrorCode {
  if (statusCode >= 500) return 'INTERNAL';
  return statusCode === 413 ? 'BODY_TOO_LARGE' : 'MALFORMED_REQUEST';
}

/** The API's own shape, where `code` is the status; our code stands beside it. */
function sendCommitBoostError(
  reply: FastifyReply,
  status: number,
  message: string,
  reason: string,
): FastifyReply {
  return sendJson(reply.code(status), { code: status, message, reason });
}
