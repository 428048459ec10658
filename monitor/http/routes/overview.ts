import { array, object, oneOfWords, ref } from '../../../core/openapi/schema.ts';
import { overviewOf } from '../overview/overview.ts';
import { endpoint } from '../endpoint.ts';
import { COUNT, INDEX, NUMBER, orNull, UINT, WORD, YES_NO } from '../openapi/schemas.ts';

const COMPARISON = oneOfWords('well', 'ours', 'everybody', 'unknown');
const UPCOMING = object({ validatorIndex: INDEX, group: WORD, slot: UINT, inSeconds: NUMBER });
const VOTES = orNull(ref('VoteCount'));

export const OVERVIEW = endpoint({
  path: '/overview',
  id: 'getOverview',
  summary: 'All groups at one glance, compared with the whole network',
  description:
    '`head` is the last epoch to which no block can add, provisional; `recent` the final epochs of the last 24 hours. `comparison` says whose trouble missed votes are. While the head is old, what is provisional is null: unknown is not missed. `active`, `slashed` and `balanceGwei` are null until the first epoch of a validator of the group is written down.',
  query: {},
  answer: object({
    stale: YES_NO,
    head: orNull(object({ epoch: UINT, network: VOTES })),
    recent: object({ fromEpoch: UINT, toEpoch: UINT, network: VOTES }),
    groups: array(
      object({
        group: WORD,
        validators: COUNT,
        active: orNull(COUNT),
        slashed: orNull(COUNT),
        balanceGwei: orNull(UINT),
        head: VOTES,
        recent: ref('VoteCount'),
        effectiveness: orNull(NUMBER),
        comparison: COMPARISON,
        missingInRow: orNull(COUNT),
        syncCurrent: orNull(COUNT),
        syncNext: orNull(COUNT),
      }),
    ),
    worst: array(
      object({
        validatorIndex: INDEX,
        pubkey: ref('Pubkey'),
        group: WORD,
        missedInRow: orNull(COUNT),
        recent: ref('VoteCount'),
      }),
    ),
    upcoming: array(UPCOMING),
  }),
  answerTo: (view) => overviewOf(view),
});
