import { batchBody } from '../../routes/sign-batch.ts';
import { SIGN_REQUEST_ERRORS } from '../error-codes.ts';
import type { Operation } from '../operation.ts';
import { array, object, oneOfWords, ref, type Schema } from '../schema.ts';
import { bodyOf } from '../zod-schema.ts';
import { KEY_FAILURES } from './signing.ts';

const IDENTIFIER: Schema = { type: 'string', description: 'As it was sent.' };

const ERROR: Schema = object({
  code: { type: 'integer', description: 'The status that the same request had got alone.' },
  message: { type: 'string' },
  reason: oneOfWords(...KEY_FAILURES, 'INTERNAL'),
  hint: { type: 'string' },
});

/** The parser of the route leaves the message to the one that reads every sign request. */
function batchSchema(): Schema {
  const { properties, ...shape } = bodyOf(batchBody);
  return {
    ...shape,
    required: ['identifiers', 'signing_request'],
    properties: { ...(properties as object), signing_request: ref('SignRequest') },
  };
}

export const SIGN_BATCH: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/eth2/sign',
    id: 'signBatch',
    tag: 'signing',
    summary: 'Sign one message with many keys',
    description:
      'One signing root and one commit for all. A message that cannot be signed by anybody is an error of the whole ' +
      'request; what stands against one key is an error of that item.',
    access: 'signing',
    body: batchSchema(),
    answers: {
      200: {
        description: 'A signature or an error for each identifier, in their order.',
        json: array({
          oneOf: [
            object({ identifier: IDENTIFIER, signature: ref('Signature') }),
            object({ identifier: IDENTIFIER, error: ERROR }),
          ],
        }),
      },
    },
    errors: SIGN_REQUEST_ERRORS,
  },
];
