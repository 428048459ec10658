import manifest from '../../../package.json' with { type: 'json' };
import { array, object, oneOfWords, ref } from '../../../core/openapi/schema.ts';
import { headAge, judgeHealth } from '../../health/index.ts';
import { MONITOR_TASKS, type MonitorState } from '../../model/monitor-state.ts';
import { endpoint } from '../endpoint.ts';
import { COUNT, NUMBER, orNull, UINT, WORD, YES_NO } from '../openapi/schemas.ts';

/** A deposit that is on its way is one key; a fleet of them need not be in every answer. */
const MOST_PENDING = 100;

export const STATUS = endpoint({
  path: '/status',
  id: 'getStatus',
  summary: 'The monitor itself: what it is connected to and how fresh its data is',
  query: {},
  answer: object({
    version: WORD,
    network: WORD,
    slotsPerEpoch: UINT,
    slotDurationMs: NUMBER,
    genesisTimeSeconds: UINT,
    nowMs: NUMBER,
    startedMs: NUMBER,
    healthy: YES_NO,
    problems: array(ref('Problem')),
    ages: ref('Ages'),
    clock: object({ slot: UINT, epoch: UINT }),
    head: orNull(object({ slot: UINT, root: ref('Root'), ageSlots: UINT })),
    finalizedEpoch: orNull(UINT),
    lastFinalEpoch: orNull(UINT),
    gapEpochs: COUNT,
    watched: COUNT,
    pending: object({ count: COUNT, pubkeys: array(WORD) }),
    watchProblems: array(WORD),
    nodes: array(
      object({
        name: WORD,
        doubt: orNull(WORD),
        score: NUMBER,
        headSlot: orNull(UINT),
        syncDistance: orNull(UINT),
        selected: YES_NO,
      }),
    ),
    tasks: array(
      object({ task: oneOfWords(...MONITOR_TASKS), lastSuccessMs: orNull(NUMBER), errors: COUNT }),
    ),
    reorgs: COUNT,
  }),
  answerTo(view) {
    const state = view.state();
    const nowMs = view.nowMs();
    const { network, slotsPerEpoch, slotDurationMs, genesisTimeSeconds, startedMs } = state;
    const { finalizedEpoch, lastFinalEpoch, gapEpochs, reorgs, pending } = state;
    return {
      ...{ version: manifest.version, network, slotsPerEpoch, slotDurationMs, genesisTimeSeconds },
      ...{ nowMs, startedMs },
      ...judgeHealth(state, nowMs),
      clock: { slot: state.clockSlot, epoch: state.clockSlot / slotsPerEpoch },
      head: headOf(state),
      ...{ finalizedEpoch, lastFinalEpoch, gapEpochs, watched: state.watched.length },
      pending: { count: pending.length, pubkeys: pending.slice(0, MOST_PENDING) },
      watchProblems: state.watchProblems,
      nodes: state.nodes.map(({ name, doubt, score, headSlot, syncDistance, selected }) => ({
        ...{ name, doubt, score, headSlot, syncDistance, selected },
      })),
      tasks: MONITOR_TASKS.map((task) => ({
        task,
        lastSuccessMs: state.lastSuccessMs[task],
        errors: state.errors[task],
      })),
      reorgs,
    };
  },
});

const headOf = (state: MonitorState) =>
  state.head === null ? null : { slot: state.head.slot, root: state.head.root, ageSlots: headAge(state) };
