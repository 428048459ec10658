import { object, ref } from '../../../core/openapi/schema.ts';
import type { ProposalVerdict } from '../../model/verdicts.ts';
import { isHeadStale } from '../../health/index.ts';
import { endpoint } from '../endpoint.ts';
import type { MonitorView } from '../monitor-view.ts';
import { COUNT, INDEX, pageOfRows, UINT } from '../openapi/schemas.ts';
import { pageOf, rangeOf, scopeOf } from '../query/asked-for.ts';
import { badParameter } from '../query/parameter.ts';
import {
  cursor,
  fromEpoch,
  fromSlot,
  group,
  limit,
  order,
  toEpoch,
  toSlot,
  validators,
  word,
} from '../query/parameters.ts';
import type { Range, Scope } from '../../store/index.ts';

export const PROPOSALS = endpoint({
  path: '/proposals',
  id: 'listProposals',
  summary: 'Turns to propose and what became of them',
  description:
    '`stage=final`: what is final, in pages. `stage=head`: past and coming turns that are not final, all of them; none while the head is old.',
  query: {
    stage: word('`final` when nothing is said.', 'final', 'head'),
    ...{ fromSlot, toSlot, group, validators, order, limit, cursor },
  },
  answer: pageOfRows(ref('Proposal')),
  answerTo(view, query) {
    const range = rangeOf('Slot', query.fromSlot, query.toSlot);
    const scope = scopeOf(query, view);
    if (query.stage !== 'head') return view.store.query.proposals(range, scope, pageOf(query));
    if (query.cursor !== undefined) throw badParameter('cursor', 'is only for stage=final');
    const rows = headProposals(view, range, scope);
    return { rows: pageOf(query).newestFirst === true ? rows.reverse() : rows, next: null };
  },
});

function headProposals(
  view: MonitorView,
  { from, to }: Range,
  { group, validators }: Scope,
): ProposalVerdict[] {
  const state = view.state();
  if (state.head === null || isHeadStale(state)) return [];
  const groups = new Map(state.watched.map((each) => [each.index, each.group]));
  return state.head.proposals
    .filter(
      ({ slot, validatorIndex }) =>
        (from === undefined || slot >= from) &&
        (to === undefined || slot <= to) &&
        (group === undefined || groups.get(validatorIndex) === group) &&
        (validators === undefined || validators.includes(validatorIndex)),
    )
    .sort((one, other) => Number(one.slot - other.slot));
}

const SUMS = { due: UINT, hit: UINT, committeeDue: UINT, committeeHit: UINT };

export const SYNC = endpoint({
  path: '/sync',
  id: 'countSyncDuties',
  summary: 'Sync committee duties, added up by validator',
  description:
    'Only validators that were in a committee. `due` and `hit` are positions times blocks; those of the whole committee are of the same blocks.',
  query: { fromEpoch, toEpoch, group, validators, limit, cursor },
  answer: pageOfRows(object({ validatorIndex: INDEX, epochs: COUNT, ...SUMS })),
  answerTo(view, query) {
    const range = rangeOf('Epoch', query.fromEpoch, query.toEpoch);
    // By index: there is no newest.
    return view.store.query.syncSummary(range, scopeOf(query, view), pageOf({ ...query, order: 'oldest' }));
  },
});

export const SYNC_EPOCHS = endpoint({
  path: '/sync/epochs',
  id: 'listSyncDuties',
  summary: 'Sync committee duties, epoch by epoch',
  query: { fromEpoch, toEpoch, group, validators, order, limit, cursor },
  answer: pageOfRows(
    object({
      validatorIndex: INDEX,
      epoch: UINT,
      positions: COUNT,
      due: COUNT,
      hit: COUNT,
      committeeDue: COUNT,
      committeeHit: COUNT,
    }),
  ),
  answerTo(view, query) {
    const range = rangeOf('Epoch', query.fromEpoch, query.toEpoch);
    return view.store.query.syncTallies(range, scopeOf(query, view), pageOf(query));
  },
});
