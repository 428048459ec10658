import { object, ref } from '../../../core/openapi/schema.ts';
import { networkVotes } from '../../health/index.ts';
import type { AttestationCounts } from '../../store/index.ts';
import { endpoint } from '../endpoint.ts';
import { COUNT, INDEX, NUMBER, orNull, pageOfRows, UINT, WORD } from '../openapi/schemas.ts';
import { effectivenessOf } from '../overview/recent-votes.ts';
import { epochsOf, pageOf, rangeOf, scopeOf } from '../query/asked-for.ts';
import { badParameter } from '../query/parameter.ts';
import { cursor, fromEpoch, group, limit, order, toEpoch, validators, word } from '../query/parameters.ts';
import { shortInclusion } from './validator.ts';

const COUNTS = {
  assigned: UINT,
  results: ref('AttestationResults'),
  included: UINT,
  effectiveness: orNull(NUMBER),
};

const RANGE = { fromEpoch, toEpoch };

export const ATTESTATIONS = endpoint({
  path: '/attestations',
  id: 'countAttestations',
  summary: 'Final votes of a range of epochs, counted by group or by validator',
  description:
    'The last 24 hours when no range is given; at most 10000 epochs. Details that were pruned are there by blocks of 256 epochs: the range of the answer says what was counted. `effectiveness` is the mean of 1 / blocks from vote to inclusion, missed votes 0. Only validators come in pages.',
  query: {
    by: word('`group` when nothing is said.', 'group', 'validator'),
    ...RANGE,
    group,
    validators,
    limit,
    cursor,
  },
  answer: pageOfRows(
    {
      oneOf: [
        object({ group: WORD, validators: COUNT, ...COUNTS }),
        object({ validatorIndex: INDEX, ...COUNTS }),
      ],
    },
    { fromEpoch: UINT, toEpoch: UINT },
  ),
  answerTo(view, query) {
    const range = epochsOf(query, view);
    const scope = scopeOf(query, view);
    if (query.by === 'validator') {
      const { from, to, rows, next } = view.store.query.attestationsByValidator(range, scope, pageOf(query));
      const shown = rows.map((row) => ({ validatorIndex: row.validatorIndex, ...counts(row) }));
      return { fromEpoch: from, toEpoch: to, rows: shown, next };
    }
    if (query.cursor !== undefined) throw badParameter('cursor', 'is only for by=validator');
    const { from, to, rows } = view.store.query.attestationsByGroup(range, scope);
    const shown = rows.map((row) => ({ group: row.group, validators: row.validators, ...counts(row) }));
    return { fromEpoch: from, toEpoch: to, rows: shown, next: null };
  },
});

function counts(row: AttestationCounts) {
  const { assigned, results, included } = row;
  return { assigned, results, included, effectiveness: effectivenessOf(row) };
}

export const EXCEPTIONS = endpoint({
  path: '/attestations/exceptions',
  id: 'listAttestationExceptions',
  summary: 'Final votes that are not perfect, one by one, as far as details are kept',
  query: { ...RANGE, group, validators, order, limit, cursor },
  answer: pageOfRows(
    object({
      validatorIndex: INDEX,
      epoch: UINT,
      slot: UINT,
      result: ref('AttestationResult'),
      inclusion: orNull(ref('Inclusion')),
    }),
  ),
  answerTo(view, query) {
    const range = rangeOf('Epoch', query.fromEpoch, query.toEpoch);
    const { rows, next } = view.store.query.exceptions(range, scopeOf(query, view), pageOf(query));
    const shown = rows.map(({ validatorIndex, epoch, slot, result, inclusion }) => ({
      ...{ validatorIndex, epoch, slot, result },
      inclusion: inclusion === null ? null : shortInclusion(inclusion),
    }));
    return { rows: shown, next };
  },
});

export const NETWORK = endpoint({
  path: '/attestations/network',
  id: 'listNetworkAttestations',
  summary: 'Votes of the whole network, epoch by epoch, final',
  query: { ...RANGE, order, limit, cursor },
  answer: pageOfRows(object({ epoch: UINT, votes: ref('VoteCount') })),
  answerTo(view, query) {
    const range = rangeOf('Epoch', query.fromEpoch, query.toEpoch);
    const { rows, next } = view.store.query.network(range, pageOf(query));
    return { rows: rows.map((row) => ({ epoch: row.epoch, votes: networkVotes(row) })), next };
  },
});
