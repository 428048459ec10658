import { array, object, oneOfWords, ref } from '../../../core/openapi/schema.ts';
import { epoch as epochOf } from '../../../core/units.ts';
import { isHeadStale } from '../../health/index.ts';
import type { MonitorState } from '../../model/monitor-state.ts';
import { namedEndpoint } from '../endpoint.ts';
import { orNever } from '../json-text.ts';
import type { MonitorView } from '../monitor-view.ts';
import { orNull, COUNT, UINT, YES_NO, NUMBER } from '../openapi/schemas.ts';
import { upcomingProposals } from '../overview/upcoming.ts';
import { indexOf, newestEpoch } from '../query/asked-for.ts';
import type { Parameter } from '../query/parameter.ts';
import { validator } from '../query/parameters.ts';
import { apiError } from '../api-errors.ts';
import { validatorRow } from './validators.ts';

const MOST_EPOCHS = 64;
const USUAL_EPOCHS = 16;

const epochs: Parameter<number> = {
  description: `How many final epochs to tell the votes of: 1 to ${MOST_EPOCHS}; ${USUAL_EPOCHS} when nothing is said.`,
  schema: { type: 'integer', minimum: 1, maximum: MOST_EPOCHS },
  parse(value) {
    const parsed = /^[1-9]\d?$/.test(value) ? Number(value) : 0;
    if (parsed < 1 || parsed > MOST_EPOCHS) throw new Error(`must be between 1 and ${MOST_EPOCHS}`);
    return parsed;
  },
};

export const VALIDATOR = namedEndpoint({
  path: '/validators/{validator}',
  id: 'getValidator',
  summary: 'One validator: what it is, its last votes and its next duties',
  description:
    'Votes are newest first. `head` ones may still change; one that is not `closed` may yet be included. A vote that is perfect and final has no slot: it is only counted.',
  name: { parameter: 'validator', of: validator },
  query: { epochs },
  answer: object({
    validator: ref('Validator'),
    watchedFrom: UINT,
    withdrawalCredentials: orNull(ref('Root')),
    activationEpoch: orNull(UINT),
    exitEpoch: orNull(UINT),
    withdrawableEpoch: orNull(UINT),
    coverage: array(object({ fromEpoch: UINT, toEpoch: UINT })),
    votes: array(
      object({
        epoch: UINT,
        slot: orNull(UINT),
        stage: oneOfWords('head', 'final'),
        closed: YES_NO,
        result: ref('AttestationResult'),
        inclusion: orNull(ref('Inclusion')),
      }),
    ),
    proposals: array(object({ slot: UINT, inSeconds: NUMBER })),
    syncCurrent: orNull(COUNT),
    syncNext: orNull(COUNT),
  }),
  answerTo(view, { epochs: howMany = USUAL_EPOCHS }, name) {
    const state = view.state();
    const index = indexOf(name, view);
    const known = view.store.knownValidator(index);
    if (known === null) throw apiError('MONITOR_UNKNOWN_VALIDATOR', `validator ${index} is not known yet`);
    const seen = view.store.statusOf(index);
    const head = isHeadStale(state) ? null : state.head;
    return {
      validator: validatorRow(known, known.watched, view, state),
      watchedFrom: known.watchedFrom,
      withdrawalCredentials: seen?.withdrawalCredentials ?? null,
      activationEpoch: seen === null ? null : orNever(seen.activationEpoch),
      exitEpoch: seen === null ? null : orNever(seen.exitEpoch),
      withdrawableEpoch: seen === null ? null : orNever(seen.withdrawableEpoch),
      coverage: view.store.coverage(index).map(({ first, last }) => ({ fromEpoch: first, toEpoch: last })),
      votes: [...headVotes(index, head), ...finalVotes(index, view, BigInt(howMany))],
      proposals: upcomingProposals(state, view.nowMs())
        .filter(({ validatorIndex }) => validatorIndex === index)
        .map(({ slot, inSeconds }) => ({ slot, inSeconds })),
      syncCurrent: head === null ? null : (head.syncCurrent.get(index) ?? 0),
      syncNext: head === null ? null : (head.syncNext.get(index) ?? 0),
    };
  },
});

function headVotes(index: number, head: MonitorState['head']) {
  return (head?.attestations ?? [])
    .flatMap(({ epoch, closed, verdicts }) =>
      verdicts
        .filter(({ validatorIndex }) => validatorIndex === index)
        .map(({ slot, result, inclusion }) => ({
          ...{ epoch, slot, stage: 'head', closed, result },
          inclusion: inclusion === null ? null : shortInclusion(inclusion),
        })),
    )
    .reverse();
}

function finalVotes(index: number, view: MonitorView, howMany: bigint) {
  const to = newestEpoch(view);
  const from = to >= howMany ? to - howMany + 1n : 0n;
  const scope = { validators: [index] };
  const exceptions = view.store.query.exceptions({ from, to }, scope, { limit: MOST_EPOCHS }).rows;
  const odd = new Map<bigint, (typeof exceptions)[number]>(exceptions.map((each) => [each.epoch, each]));
  const votes = [];
  for (let epoch = to; epoch >= from; epoch -= 1n) {
    const vote = odd.get(epoch);
    const base = { epoch: epochOf(epoch), stage: 'final', closed: true };
    if (vote !== undefined) {
      const { slot, result, inclusion } = vote;
      votes.push({ ...base, slot, result, inclusion: inclusion === null ? null : shortInclusion(inclusion) });
      continue;
    }
    const [counts] = view.store.query.attestationsByValidator({ from: epoch, to: epoch }, scope).rows;
    // Not covered, or without a vote to make.
    if (counts === undefined || counts.results.perfect === 0n || counts.assigned !== 1n) continue;
    votes.push({ ...base, slot: null, result: 'perfect', inclusion: PERFECT });
  }
  return votes;
}

const PERFECT = { distance: 1, optimalDistance: 1, source: true, target: true, head: true };

export const shortInclusion = ({ distance, optimalDistance, source, target, head }: typeof PERFECT) => ({
  ...{ distance, optimalDistance, source, target, head },
});
