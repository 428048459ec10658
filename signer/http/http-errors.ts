import { BEACON_ERRORS } from '../../beacon/errors.ts';
import { CORE_ERRORS } from '../../core/core-errors.ts';
import { errorFactory } from '../../core/errors.ts';
import { SLASHING_DB_ERRORS } from '../../slashing-db/index.ts';
import { SIGNER_ERRORS } from '../errors.ts';

/** Errors of the HTTP surface itself, with their status. Refusals of the guard are in `refusal-status.ts`. */
export const HTTP_ERRORS = {
  MALFORMED_IDENTIFIER: {
    status: 400,
    summary: 'the identifier is not a BLS public key',
    hint: 'Use 96 hex digits, with or without 0x.',
  },
  MALFORMED_REQUEST: {
    status: 400,
    summary: 'the HTTP request is malformed',
    hint: 'Check what sends it against the API description.',
  },
  UNAUTHORIZED: {
    status: 401,
    summary: 'this API wants credentials',
    hint: 'Send "Authorization: Bearer TOKEN" with the content of api-token.txt in the data directory or, with an access file, the token or certificate of one of its clients.',
  },
  HOST_NOT_ALLOWED: {
    status: 403,
    summary: 'this signer does not answer to that host name',
    hint: 'Use its IP address, or name the host with --http-host-allowlist.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    summary: 'this signer does not answer to web pages',
    hint: 'Requests with an Origin header come from browsers; validator clients send none.',
  },
  ACCESS_DENIED: {
    status: 403,
    summary: 'the access file does not allow this client to do that',
    hint: 'See `vigil config explain --client NAME --key PUBKEY --type TYPE` for the rule; change the access file if it should be allowed.',
  },
  UNKNOWN_KEY: {
    status: 404,
    summary: 'the key is not loaded in this signer',
    hint: 'See `vigil keys list`; keys come in with `vigil keys import` or POST /eth/v1/keystores.',
  },
  KEY_SETTING_NOT_SET: {
    status: 404,
    summary: 'this setting was never made for this key',
    hint: 'A signer has no default to answer with: the key is held to no value of its own. Set one with POST.',
  },
  VALIDATOR_NOT_FOUND: {
    status: 404,
    summary: 'the beacon chain knows no validator with this key',
    hint: 'Was the deposit made, on this network? A validator appears some time after its deposit.',
  },
  VALIDATOR_NOT_ACTIVE: {
    status: 400,
    summary: 'only an active validator can exit',
    hint: 'A pending validator has to wait for its activation; one that is exiting or has left needs no exit.',
  },
  NOT_FOUND: {
    status: 404,
    summary: 'there is no such path',
    hint: 'See the README for the API that this signer speaks.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    summary: 'this path does not take this method',
    hint: 'The Allow header of the answer names the methods it takes.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    summary: 'this answer exists as application/json only',
    hint: 'Send "Accept: application/json".',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    summary: 'the request did not come in whole in time',
    hint: 'Check the network between the client and this signer.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    summary: 'the request body is too large',
    hint: 'No honest signing request is that large. Check what sends it.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    summary: 'the body must be uncompressed application/json',
    hint: 'Send "Content-Type: application/json" and no Content-Encoding.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    summary: 'the headers of the request are too large',
    hint: 'No client of this API sends that much. Check what sends it, and what stands in between.',
  },
  RATE_LIMITED: {
    status: 429,
    summary: 'too many requests',
    hint: 'Wait as long as the Retry-After header says. The limit is rate-limit, in the settings or of the client in the access file.',
  },
  INTERNAL: {
    status: 500,
    summary: 'the signer failed; nothing was signed',
    hint: 'See the log of the signer.',
  },
  KEY_LOADING: {
    status: 503,
    summary: 'this key is not open yet, or the place that has it does not answer',
    hint: 'Come back after the seconds in Retry-After. GET /healthcheck says how many of how many keys can sign.',
  },
  GRAFFITI_NOT_SIGNED: {
    status: 501,
    summary: 'a remote signer sees the header of a block only, so it cannot answer for graffiti',
    hint: 'Set the graffiti with the validator client or the beacon node, which build the block.',
  },
  BEACON_NODE_NEEDED: {
    status: 501,
    summary: 'the index of the validator is only known to a beacon node, and this signer has none',
    hint: 'Start the signer with --beacon-node URL, or have the validator client make the exit.',
  },
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

export const httpError = errorFactory(HTTP_ERRORS);

/**
 * The status of any error that reaches the edge. What the client can mend is 400; a database that cannot record, or a
 * beacon node that is silent, is 503, so that the client turns to another signer or comes back; what nobody foresaw is
 * 500.
 */
export function errorStatus(code: string): number {
  if (isHttpErrorCode(code)) return HTTP_ERRORS[code].status;
  if (Object.hasOwn(SIGNER_ERRORS, code) || Object.hasOwn(CORE_ERRORS, code)) return 400;
  if (CANNOT_NOW.has(code) || code.startsWith('DB_') || Object.hasOwn(BEACON_ERRORS, code)) return 503;
  return Object.hasOwn(SLASHING_DB_ERRORS, code) ? 400 : 500;
}

/** Errors of the daemon that another signer, or this one a little later, would not give. */
const CANNOT_NOW = new Set(['SIGNER_BUSY', 'SIGNING_THREAD_DIED', 'NOT_SIGNED']);

/** What an answer has to say of when to come back, as headers. */
export const retryHeaders = (code: string): Readonly<Record<string, string>> =>
  COMES_BACK.has(code) ? { 'retry-after': '1' } : {};

/** What ends by itself soon: a slashing database on a server that is away is looked for all the time. */
const COMES_BACK = new Set(['SIGNER_BUSY', 'KEY_LOADING', 'GUARD_UNAVAILABLE']);

function isHttpErrorCode(code: string): code is HttpErrorCode {
  return Object.hasOwn(HTTP_ERRORS, code);
}
