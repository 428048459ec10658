import {
  GUARD_REFUSALS,
  POLICY_REFUSAL_CODES,
  SIGN_REQUEST_ERRORS,
  SIGNING_ERRORS,
  type AnswerCode,
} from '../error-codes.ts';
import { pathParameter, type Operation } from '../operation.ts';
import { array, object, ref } from '../schema.ts';

/** What can stand against signing a message with one key, whatever the message. */
export const KEY_FAILURES: readonly AnswerCode[] = [
  'MALFORMED_IDENTIFIER',
  'UNKNOWN_KEY',
  'KEY_LOADING',
  'UNAUTHORIZED',
  'ACCESS_DENIED',
  ...GUARD_REFUSALS,
  ...POLICY_REFUSAL_CODES,
  ...SIGNING_ERRORS,
];

export const SIGNING: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/eth2/sign/{identifier}',
    id: 'sign',
    tag: 'signing',
    summary: 'Sign one message with one key',
    description:
      'The signing root is computed from the message; a root that is sent along is only compared. The signature is ' +
      'released when its record is durable.',
    access: 'signing',
    parameters: [pathParameter('identifier', ref('Identifier'))],
    body: ref('SignRequest'),
    answers: {
      200: {
        description: 'The signature.',
        json: object({ signature: ref('Signature') }),
        text: ref('Signature'),
      },
    },
    errors: [...SIGN_REQUEST_ERRORS, ...KEY_FAILURES],
  },
  {
    method: 'get',
    path: '/api/v1/eth2/publicKeys',
    id: 'listPublicKeys',
    tag: 'signing',
    summary: 'The keys that are loaded and that the client may know of',
    access: 'signing',
    answers: { 200: { description: 'Sorted.', json: array(ref('Pubkey')) } },
    errors: ['NOT_ACCEPTABLE'],
  },
  {
    method: 'get',
    path: '/api/v1/eth2/highWatermark',
    id: 'highWatermark',
    tag: 'signing',
    summary: 'The epoch and slot from which on nothing is signed',
    access: 'signing',
    answers: {
      200: {
        description: 'Empty unless all loaded keys were handed over at the same epoch.',
        json: object({ epoch: ref('Uint64'), slot: ref('Uint64') }, ['epoch', 'slot']),
      },
    },
    errors: ['NOT_ACCEPTABLE'],
  },
];
