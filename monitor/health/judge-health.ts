import type { MonitorState, MonitorTask } from '../model/monitor-state.ts';
import { headAge, isHeadStale, MAX_HEAD_AGE_SLOTS } from './head-age.ts';

/** Why what the monitor says may not be true of this moment. Stable words, for alerts. */
export const HEALTH_REASONS = [
  'no-beacon-node',
  'no-head',
  'head-old',
  'finality-lag',
  'watch-list-failing',
  'watch-file-old',
  'nobody-watched',
  'foreign-key-not-frozen',
] as const;
export type HealthReason = (typeof HEALTH_REASONS)[number];

export interface Problem {
  readonly reason: HealthReason;
  readonly message: string;
}

export interface MonitorHealth {
  readonly healthy: boolean;
  readonly problems: readonly Problem[];
  /** How old everything is; null where there is nothing yet. */
  readonly ages: {
    readonly headSlots: bigint | null;
    /** Epochs that could be written down and are not. */
    readonly finalEpochs: bigint | null;
    /** Since the last success of each task. */
    readonly taskSeconds: Readonly<Record<MonitorTask, number | null>>;
  };
}

/** Epochs that are final on chain and not with us, besides the one that is being worked on. */
export const MAX_FINAL_LAG_EPOCHS = 4n;
/** The list is looked at once an epoch. */
const MAX_WATCH_LIST_AGE_EPOCHS = 3;

/** Judged at every call from the state itself: a health page that is out of date is worse than none. Pure. */
export function judgeHealth(state: MonitorState, nowMs: number): MonitorHealth {
  const lag = finalLag(state);
  const problems = [
    ...nodeProblems(state),
    ...headProblems(state),
    ...listProblems(state, nowMs),
    ...fileProblems(state),
    ...accusedProblems(state),
  ];
  if (lag !== null && lag > MAX_FINAL_LAG_EPOCHS)
    problems.push({
      reason: 'finality-lag',
      message: `${lag} epochs are final on chain and not written down yet, more than ${MAX_FINAL_LAG_EPOCHS}`,
    });
  return {
    healthy: problems.length === 0,
    problems,
    ages: { headSlots: headAge(state), finalEpochs: lag, taskSeconds: taskAges(state, nowMs) },
  };
}

function nodeProblems({ nodes }: MonitorState): Problem[] {
  if (nodes.some(({ doubt }) => doubt === null)) return [];
  const doubts = nodes.map(({ name, doubt }) => `${name} is ${doubt ?? 'fine'}`).join(', ');
  return [
    {
      reason: 'no-beacon-node',
      message: `no beacon node is a source of truth: ${doubts === '' ? 'there is none' : doubts}`,
    },
  ];
}

function headProblems(state: MonitorState): Problem[] {
  if (state.watched.length === 0) {
    // A deposit that the chain has not seen yet is waited for; an empty list is a mistake.
    if (state.pending.length > 0) return [];
    return [{ reason: 'nobody-watched', message: 'no validator is watched' }];
  }
  const age = headAge(state);
  if (age === null) return [{ reason: 'no-head', message: 'the head of the chain was not looked at yet' }];
  if (!isHeadStale(state)) return [];
  const message = `the newest block known is ${age} slots old, more than ${MAX_HEAD_AGE_SLOTS}`;
  return [{ reason: 'head-old', message }];
}

/** One failed look is no harm, the old list stays in force; the age says whether it goes on. */
function listProblems(state: MonitorState, nowMs: number): Problem[] {
  if (state.errors['watch-list'] === 0) return [];
  const last = state.lastSuccessMs['watch-list'];
  const ageMs = nowMs - (last ?? state.startedMs);
  if (last !== null && ageMs <= MAX_WATCH_LIST_AGE_EPOCHS * epochMs(state)) return [];
  const when = last === null ? 'never yet' : `for ${Math.floor(ageMs / 1000)} seconds`;
  return [
    {
      reason: 'watch-list-failing',
      message: `who is watched could not be found out ${when}: ${state.errors['watch-list']} failures`,
    },
  ];
}

/** Whoever wrote the file believes that it is in force; a source that fails is more often on its way back. */
function fileProblems({ watchFileProblem }: MonitorState): Problem[] {
  if (watchFileProblem === null) return [];
  return [
    { reason: 'watch-file-old', message: `the watch file in force is an older one: ${watchFileProblem}` },
  ];
}

/** It is no matter of freshness, but of all that the monitor has to say nothing is more urgent. */
function accusedProblems({ unjudged }: MonitorState): Problem[] {
  const accused = unjudged?.accused ?? 0;
  if (accused === 0) return [];
  return [
    {
      reason: 'foreign-key-not-frozen',
      message: `${accused} ${accused === 1 ? 'key' : 'keys'} that somebody else signs with ${accused === 1 ? 'is' : 'are'} not frozen on the signers yet`,
    },
  ];
}

/**
 * An epoch can be written once the checkpoint two epochs later is final. Before the first one is, it is counted from
 * the epoch in which the monitor started.
 */
function finalLag(state: MonitorState): bigint | null {
  const { finalizedEpoch, lastFinalEpoch } = state;
  if (finalizedEpoch === null || state.watched.length === 0) return null;
  const written = lastFinalEpoch ?? epochAtStart(state) - 1n;
  const lag = finalizedEpoch - 2n - written;
  return lag > 0n ? lag : 0n;
}

function epochAtStart(state: MonitorState): bigint {
  const sinceGenesisMs = state.startedMs - Number(state.genesisTimeSeconds) * 1000;
  return BigInt(Math.max(0, Math.floor(sinceGenesisMs / epochMs(state))));
}

const epochMs = ({ slotDurationMs, slotsPerEpoch }: MonitorState): number =>
  slotDurationMs * Number(slotsPerEpoch);

function taskAges({ lastSuccessMs }: MonitorState, nowMs: number): Record<MonitorTask, number | null> {
  const ages = Object.entries(lastSuccessMs).map(([task, last]) => [
    task,
    last === null ? null : Math.max(0, Math.floor((nowMs - last) / 1000)),
  ]);
  return Object.fromEntries(ages) as Record<MonitorTask, number | null>;
}
