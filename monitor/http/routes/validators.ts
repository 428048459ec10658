import { VALIDATOR_STATUSES } from '../../../beacon/index.ts';
import { pageOfRows } from '../openapi/schemas.ts';
import { ref } from '../../../core/openapi/schema.ts';
import { isHeadStale } from '../../health/index.ts';
import type { MonitorState } from '../../model/monitor-state.ts';
import type { WatchedValidator } from '../../model/watched-validator.ts';
import { endpoint } from '../endpoint.ts';
import type { MonitorView } from '../monitor-view.ts';
import { pageOf, scopeOf } from '../query/asked-for.ts';
import { badParameter } from '../query/parameter.ts';
import { cursor, group, limit, validators, words } from '../query/parameters.ts';

export const VALIDATORS = endpoint({
  path: '/validators',
  id: 'listValidators',
  summary: 'Who is watched, and how they were last seen',
  description: 'By index. Status and balances are those after the last final epoch, null before the first.',
  query: {
    group,
    validators,
    status: words('Only those with this status.', ...VALIDATOR_STATUSES),
    limit,
    cursor,
  },
  answer: pageOfRows(ref('Validator')),
  answerTo(view, query) {
    const state = view.state();
    const scope = scopeOf(query, view);
    const { limit: most = 1, cursor: after } = pageOf(query);
    const only = scope.validators === undefined ? null : new Set(scope.validators);
    const statuses = query.status === undefined ? null : new Set<string>(query.status);
    const past = after === null || after === undefined ? -1 : pastIndex(after);
    const rows = [];
    for (const watched of byIndex(state.watched)) {
      if (watched.index <= past || (only !== null && !only.has(watched.index))) continue;
      if (scope.group !== undefined && scope.group !== watched.group) continue;
      const row = validatorRow(watched, true, view, state);
      if (statuses !== null && !statuses.has(row.status ?? '')) continue;
      rows.push(row);
      if (rows.length > most) break;
    }
    const more = rows.length > most;
    if (more) rows.pop();
    return { rows, next: more ? `${rows.at(-1)?.index ?? 0}` : null };
  },
});

/** What is known of one of them in a few words; the schema `Validator`. */
export function validatorRow(
  { index, pubkey, group, labels }: WatchedValidator,
  watched: boolean,
  view: MonitorView,
  state: MonitorState,
) {
  const seen = view.store.statusOf(index);
  const head = isHeadStale(state) || !watched ? null : state.head;
  return {
    ...{ index, pubkey, group, labels, watched },
    status: seen?.status ?? null,
    seenEpoch: seen?.epoch ?? null,
    balanceGwei: seen?.balanceGwei ?? null,
    effectiveBalanceGwei: seen?.effectiveBalanceGwei ?? null,
    slashed: seen?.slashed ?? null,
    missedInRow: head === null ? null : (head.missedInRow.get(index) ?? 0),
  };
}

function pastIndex(cursor: string): number {
  if (!/^\d{1,10}$/.test(cursor)) throw badParameter('cursor', 'is not one of this list');
  return Number(cursor);
}

/** Sorted once for each list of the watched. */
const sorted = new WeakMap<readonly WatchedValidator[], readonly WatchedValidator[]>();

function byIndex(watched: readonly WatchedValidator[]): readonly WatchedValidator[] {
  const found = sorted.get(watched) ?? [...watched].sort((one, other) => one.index - other.index);
  sorted.set(watched, found);
  return found;
}
