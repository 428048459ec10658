import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { compareWithNetwork, judgeHealth } from '../../../../monitor/health/index.ts';
import type { MonitorState } from '../../../../monitor/model/monitor-state.ts';
import {
  headState,
  monitorState,
  NOW_MS,
  SLOT_MS,
  SLOTS_PER_EPOCH,
  startMs,
} from '../../../support/monitor-filled.ts';

const EPOCH_MS = SLOT_MS * Number(SLOTS_PER_EPOCH);
const reasons = (changes: Partial<MonitorState>, nowMs = NOW_MS): string[] =>
  judgeHealth(monitorState(changes), nowMs).problems.map(({ reason }) => reason);
const [good, syncing] = monitorState().nodes;
const { errors, lastSuccessMs } = monitorState();
const listFailed = { ...errors, 'watch-list': 1 };

describe('the data is not fresh', () => {
  const cases: readonly [string, Partial<MonitorState>, string[]][] = [
    ['when no node is a source of truth', { nodes: [syncing!] }, ['no-beacon-node']],
    ['when there is no node', { nodes: [] }, ['no-beacon-node']],
    ['before the head was seen', { head: null }, ['no-head']],
    ['when the head is five slots old', { clockSlot: slot(192n) }, ['head-old']],
    ['when five epochs more could be written', { finalizedEpoch: epoch(27n) }, ['finality-lag']],
    [
      'when nothing was written since the start',
      { lastFinalEpoch: null, startedMs: startMs(8n * 15n), finalizedEpoch: epoch(22n) },
      ['finality-lag'],
    ],
    [
      'when the list of the watched never came',
      { errors: listFailed, lastSuccessMs: { ...lastSuccessMs, 'watch-list': null } },
      ['watch-list-failing'],
    ],
    [
      'when the list of the watched fails for more than three epochs',
      {
        errors: listFailed,
        lastSuccessMs: { ...lastSuccessMs, 'watch-list': NOW_MS - 3 * EPOCH_MS - 1 },
      },
      ['watch-list-failing'],
    ],
    [
      'when the watch file in force is an older one',
      { watchFileProblem: 'monitor.yaml line 3: watch[2] names nobody', watchProblems: ['monitor.yaml …'] },
      ['watch-file-old'],
    ],
    [
      'when a key that a stranger has is not frozen',
      { unjudged: { messages: 0, oldestSlot: null, epochs: 0, accused: 1 } },
      ['foreign-key-not-frozen'],
    ],
    ['when nobody is watched', { watched: [], pending: [], head: null }, ['nobody-watched']],
    [
      'when everything is wrong',
      { nodes: [], clockSlot: slot(400n), finalizedEpoch: epoch(40n) },
      ['no-beacon-node', 'head-old', 'finality-lag'],
    ],
  ];
  it.each(cases)('%s', (_name, changes, expected) => {
    expect(reasons(changes)).toEqual(expected);
    expect(judgeHealth(monitorState(changes), NOW_MS).healthy).toBe(false);
  });
});

describe('the data is fresh', () => {
  const cases: readonly [string, Partial<MonitorState>][] = [
    ['on an ordinary day', {}],
    ['while one node of two is good', { nodes: [syncing!, good!] }],
    ['when the head is four slots old', { clockSlot: slot(191n) }],
    ['when the head is ahead of the clock', { head: headState({ slot: slot(189n) }) }],
    ['when four epochs more could be written', { finalizedEpoch: epoch(26n) }],
    [
      'when nothing could be written since the start yet',
      { lastFinalEpoch: null, startedMs: startMs(8n * 22n), finalizedEpoch: epoch(22n) },
    ],
    [
      'when the list of the watched failed, and not for long',
      {
        errors: listFailed,
        lastSuccessMs: { ...lastSuccessMs, 'watch-list': NOW_MS - 3 * EPOCH_MS },
      },
    ],
    ['while the only key waits for its deposit', { watched: [], head: null }],
  ];
  it.each(cases)('%s', (_name, changes) => {
    expect(reasons(changes)).toEqual([]);
  });

  it('and how old it is', () => {
    const { ages } = judgeHealth(monitorState({ finalizedEpoch: epoch(24n) }), NOW_MS);
    expect(ages).toMatchObject({
      headSlots: 1n,
      finalEpochs: 2n,
      taskSeconds: { 'head': 5, 'foreign-signatures': null },
    });
  });
});

describe('is it me or everybody?', () => {
  it.each([
    [{ due: 100, missed: 0 }, { due: 1000, missed: 10 }, 'well'],
    [{ due: 100, missed: 3 }, { due: 1000, missed: 10 }, 'well'],
    [{ due: 100, missed: 4 }, { due: 1000, missed: 10 }, 'ours'],
    [{ due: 2, missed: 2 }, { due: 1000, missed: 500 }, 'ours'],
    [{ due: 100, missed: 40 }, { due: 1000, missed: 400 }, 'everybody'],
    [{ due: 100, missed: 2 }, { due: 1000, missed: 400 }, 'well'],
    [{ due: 0, missed: 0 }, { due: 1000, missed: 0 }, 'unknown'],
    [{ due: 5, missed: 5 }, null, 'unknown'],
    [{ due: 5, missed: 5 }, { due: 0, missed: 0 }, 'unknown'],
  ])('%j of ours, %j of all: %s', (ours, network, verdict) => {
    expect(compareWithNetwork(ours, network)).toBe(verdict);
  });
});
