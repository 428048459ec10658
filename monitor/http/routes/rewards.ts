import { object, ref } from '../../../core/openapi/schema.ts';
import { endpoint } from '../endpoint.ts';
import { AMOUNTS, COUNT, INDEX, INT, pageOfRows, UINT, WORD } from '../openapi/schemas.ts';
import { pageOf, rangeOf, scopeOf } from '../query/asked-for.ts';
import { badParameter } from '../query/parameter.ts';
import { cursor, fromDay, group, limit, toDay, validators, word } from '../query/parameters.ts';

const ROW = object({
  validatorIndex: INDEX,
  day: WORD,
  startSlot: UINT,
  endSlot: UINT,
  openingBalanceGwei: UINT,
  closingBalanceGwei: UINT,
  effectiveBalanceGwei: UINT,
  method: ref('RewardMethod'),
  ...AMOUNTS,
  duties: ref('Duties'),
});

const TOTAL = object({
  key: WORD,
  rows: COUNT,
  validators: COUNT,
  startSlot: UINT,
  endSlot: UINT,
  absoluteResidualGwei: INT,
  ...AMOUNTS,
  duties: ref('Duties'),
});

export const REWARDS = endpoint({
  path: '/rewards',
  id: 'listRewards',
  summary: 'The reward ledger: its rows, or their sums by validator, group or day',
  description:
    'A row is a validator and a day; two where epochs are missing in between. Rows come oldest first. `key` of a sum is the index, the group or the day. Groups and days are not paged. Over a long range sums take a while, in which the monitor does nothing else: prefer `vigil rewards report` for years.',
  query: {
    by: word('`row` when nothing is said.', 'row', 'validator', 'group', 'day'),
    ...{ fromDay, toDay, group, validators, limit, cursor },
  },
  answer: pageOfRows({ oneOf: [ROW, TOTAL] }),
  answerTo(view, query) {
    const days = rangeOf('Day', query.fromDay, query.toDay);
    const scope = scopeOf(query, view);
    const page = pageOf({ ...query, order: 'oldest' });
    const { by = 'row' } = query;
    if (by === 'row') return view.store.query.ledgerRows(days, scope, page);
    if (by !== 'validator' && query.cursor !== undefined)
      throw badParameter('cursor', 'is only for by=row and by=validator');
    return view.store.query.ledgerTotals(days, by, scope, page);
  },
});
