import { SEEN_VERDICTS } from '../../../../slashing-db/index.ts';
import { lookupBody } from '../../../admin/history-lookup.ts';
import { RECORDING_ERRORS } from '../error-codes.ts';
import type { Operation } from '../operation.ts';
import { array, object, oneOfWords, ref, text, type Schema } from '../schema.ts';
import { bodyOf } from '../zod-schema.ts';

const INTEGER = '^(0|[1-9][0-9]*)$';
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const SENTENCE: Schema = { type: ['string', 'null'] };

const RECORD = object({
  slot: orNull(text(INTEGER)),
  source_epoch: orNull(text(INTEGER)),
  target_epoch: orNull(text(INTEGER)),
  signing_root: orNull(ref('Bytes32')),
  time_ms: text(INTEGER, 'Unix time, milliseconds.'),
});

export const HISTORY: readonly Operation[] = [
  {
    method: 'post',
    path: '/vigil/v1/history/lookup',
    id: 'historyLookup',
    tag: 'admin',
    summary: 'Whether messages that were seen on chain were signed here',
    description:
      'By the history and the watermarks; changes nothing. `signed`: on record. `not_signed`: not on record, though it would be: somebody else has the key. `elsewhere`: not signed here, where the key was not at home at that time. `unknown`: the records of that time are not complete.',
    access: 'owner',
    body: bodyOf(lookupBody),
    answers: {
      200: {
        description: 'One answer for each message, in their order, and how far back the records go.',
        json: object({
          history: object({
            since_ms: orNull(text(INTEGER, 'Since when none was removed, Unix milliseconds.')),
            pruned: { type: 'boolean', description: 'Older ones were removed by retention.' },
          }),
          data: array(
            object({
              verdict: oneOfWords(...SEEN_VERDICTS),
              why: SENTENCE,
              key: oneOfWords('active', 'deleted', 'unknown'),
              frozen: { ...SENTENCE, description: 'Why the key is frozen.' },
              recorded: {
                ...array(RECORD),
                description: 'What was signed for the same slot or target, oldest first.',
              },
            }),
          ),
        }),
      },
    },
    errors: [
      'BAD_HEX',
      'BAD_INTEGER',
      'GENESIS_VALIDATORS_ROOT_MISMATCH',
      'FORK_VERSION_MISMATCH',
      ...RECORDING_ERRORS,
    ],
  },
];
