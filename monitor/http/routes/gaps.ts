import { array, object } from '../../../core/openapi/schema.ts';
import { epoch as epochOf } from '../../../core/units.ts';
import { endpoint } from '../endpoint.ts';
import { COUNT, INDEX, orNull, pageOfRows, UINT, WORD } from '../openapi/schemas.ts';
import { newestEpoch, pageOf, rangeOf } from '../query/asked-for.ts';
import { badParameter } from '../query/parameter.ts';
import { cursor, fromEpoch, limit, toEpoch } from '../query/parameters.ts';

/** Enough to find out what they have in common. */
const MOST_NAMED = 100;

export const GAPS = endpoint({
  path: '/gaps',
  id: 'listGaps',
  summary: 'Epochs that are missing in the database, for whom, and whether the monitor gave them up',
  description: 'Up to the last final epoch unless said otherwise. At most 100 validators of a gap are named.',
  query: { fromEpoch, toEpoch, limit, cursor },
  answer: pageOfRows(
    object({
      fromEpoch: UINT,
      toEpoch: UINT,
      validators: COUNT,
      named: array(INDEX),
      skipped: orNull(WORD),
    }),
  ),
  answerTo(view, query) {
    const { from = 0n, to = newestEpoch(view) } = rangeOf<bigint>('Epoch', query.fromEpoch, query.toEpoch);
    const { limit: most = 1, cursor: after } = pageOf(query);
    if (query.cursor?.includes('.') === true) throw badParameter('cursor', 'is not one of this list');
    // A gap begins after the one before it.
    const first = after === null || after === undefined ? from : BigInt(after);
    const gaps = first > to ? [] : view.store.gaps(epochOf(first), epochOf(to));
    const rows = gaps.slice(0, most).map(({ from: begin, to: end, validators, skipped }) => ({
      ...{ fromEpoch: begin, toEpoch: end },
      validators: validators.length,
      named: validators.slice(0, MOST_NAMED),
      skipped,
    }));
    const last = rows.at(-1);
    return { rows, next: gaps.length > most && last !== undefined ? `${last.toEpoch + 1n}` : null };
  },
});
