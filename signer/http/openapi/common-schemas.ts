import { FORK_NAMES } from '../../../core/chain/fork.ts';
import { ANSWER_CODES } from './error-codes.ts';
import { array, bytes, lowerCaseBytes, object, oneOfWords, ref, text, type Schema } from './schema.ts';

const UP_OR_DOWN = oneOfWords('UP', 'DOWN');
const SENTENCE: Schema = { type: 'string' };

/** What more than one group of routes speaks of. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  Pubkey: { ...lowerCaseBytes(48), description: 'A BLS public key, compressed.' },
  Identifier: text(
    '^(0[xX])?[0-9a-fA-F]{96}$',
    'A BLS public key, with or without `0x`, in any letter case.',
  ),
  Signature: { ...lowerCaseBytes(96), description: 'A BLS signature, compressed.' },
  Address: { ...lowerCaseBytes(20), description: 'An execution address.' },
  Bytes20: bytes(20),
  Bytes32: bytes(32),
  Uint64: text('^(0|[1-9][0-9]{0,19})$', 'An unsigned integer of 64 bits, in decimal digits.'),
  ForkName: oneOfWords(...FORK_NAMES.map((name) => name.toUpperCase())),
  ErrorCode: { ...oneOfWords(...ANSWER_CODES), description: 'Stable; all of them are in docs/errors.md.' },
  Error: {
    ...object({ code: ref('ErrorCode'), message: SENTENCE, hint: SENTENCE }),
    description: 'Every answer that is not what was asked for: the code, what happened, what to do.',
  },
  Health: object({ status: UP_OR_DOWN, checks: array(ref('HealthCheck')), outcome: UP_OR_DOWN }),
  HealthCheck: object(
    {
      id: SENTENCE,
      status: UP_OR_DOWN,
      data: { type: 'object', additionalProperties: { type: ['string', 'integer'] } },
      checks: array(ref('HealthCheck')),
    },
    ['data', 'checks'],
  ),
};

/** The keymanager API's answer for each item of a request, in its order. */
export const itemStatuses = (...statuses: readonly string[]): Schema =>
  array(object({ status: oneOfWords(...statuses), message: SENTENCE }));
