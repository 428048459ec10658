import { ACT_BODIES, ACT_NAMES, type ActName } from '../../../admin/act-bodies.ts';
import { RECORDING_ERRORS, type AnswerCode } from '../error-codes.ts';
import { pathParameter, type Operation } from '../operation.ts';
import { array, object, oneOfWords, ref, type Schema } from '../schema.ts';
import { bodyOf } from '../zod-schema.ts';

interface ActWords {
  readonly summary: string;
  readonly errors: readonly AnswerCode[];
}

const ACTS: Readonly<Record<ActName, ActWords>> = {
  'freeze': { summary: 'Stop keys at once', errors: ['BAD_HEX'] },
  'unfreeze': { summary: 'Let frozen keys sign again', errors: ['BAD_HEX', 'KEY_NOT_KNOWN'] },
  'handover': {
    summary: 'Give keys to another signer from an epoch on, for ever',
    errors: ['BAD_HEX', 'BAD_INTEGER', 'KEY_NOT_KNOWN', 'HANDOVER_REFUSED'],
  },
  'takeover': {
    summary: 'Take keys that another signer gave up',
    errors: ['RECEIPT_INVALID', 'RECEIPT_REFUSED'],
  },
  'override-floor': {
    summary: 'Let one key vote with a source below the boot floor',
    errors: ['BAD_HEX', 'BAD_INTEGER', 'KEY_NOT_KNOWN', 'OVERRIDE_REFUSED'],
  },
};

const RECEIPT: Schema = { type: 'string', description: 'The text to carry to the next signer, as it is.' };

const act = (name: ActName): Operation => ({
  method: 'post',
  path: `/vigil/v1/keys/${name}`,
  id: name.replace(/-./, (dash) => dash.slice(1).toUpperCase()),
  tag: 'admin',
  summary: ACTS[name].summary,
  description: 'Durable and on record when it is answered; after an error nothing was changed.',
  access: 'owner',
  body: bodyOf(ACT_BODIES[name]),
  answers: {
    200: {
      description: 'How many keys it changed; null: all.',
      json:
        name === 'handover'
          ? object({ keys: { type: 'integer' }, receipt: RECEIPT })
          : object({ keys: { type: ['integer', 'null'] } }),
    },
  },
  errors: ['ACT_INVALID', ...ACTS[name].errors, ...RECORDING_ERRORS],
});

const EXPLAIN: Operation = {
  method: 'get',
  path: '/vigil/v1/keys/{identifier}/explain',
  id: 'explain',
  tag: 'admin',
  summary: 'What a key may sign for whom, where it stands, what is refused now and why',
  access: 'owner',
  parameters: [pathParameter('identifier', ref('Identifier'))],
  answers: {
    200: {
      description: 'Also of a key that is not loaded.',
      json: object({
        pubkey: ref('Pubkey'),
        from: oneOfWords('signer'),
        sections: array(
          object({
            id: { type: 'string' },
            entries: {
              type: 'object',
              additionalProperties: { anyOf: [{ type: ['string', 'null'] }, array({ type: 'string' })] },
            },
          }),
        ),
        refusals: array(
          object({
            what: { type: 'string' },
            code: ref('ErrorCode'),
            why: { type: 'string' },
            needed: { type: 'string' },
          }),
        ),
      }),
    },
  },
  errors: ['MALFORMED_IDENTIFIER'],
};

export const ADMIN: readonly Operation[] = [...ACT_NAMES.map(act), EXPLAIN];
