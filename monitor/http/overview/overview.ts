import { compareWithNetwork, countVotes, isHeadStale, lastClosed, networkVotes } from '../../health/index.ts';
import type { HeadState, MonitorState } from '../../model/monitor-state.ts';
import type { WatchedValidator } from '../../model/watched-validator.ts';
import type { MonitorView } from '../monitor-view.ts';
import { lastDay } from './last-day.ts';
import type { RecentVotes } from './recent-votes.ts';
import { upcomingProposals } from './upcoming.ts';

const MOST_WORST = 10;
/** What an alert looks at, see the metrics. */
const MISSING_IN_ROW = 3;
const UNSEEN = { active: null, slashed: null, balanceGwei: null };
const NO_VOTES = { due: 0, missed: 0 };

/** All groups at one glance. */
export function overviewOf(view: MonitorView) {
  const state = view.state();
  const { watched } = state;
  const stale = isHeadStale(state);
  const head = stale ? null : state.head;
  const votes = head === null ? null : lastClosed(head);
  const everybody = votes === null ? null : networkVotes(votes.network);
  const daily = lastDay(view, watched);
  const { recent } = daily;
  const groupOf = new Map(watched.map(({ index, group }) => [index, group]));
  const verdicts = Map.groupBy(votes?.verdicts ?? [], ({ validatorIndex }) => groupOf.get(validatorIndex));
  const groups = [...Map.groupBy(watched, ({ group }) => group)].map(([group, members]) => {
    const mine = votes === null ? null : countVotes(verdicts.get(group) ?? []);
    return {
      group,
      ...(daily.holdings.get(group) ?? UNSEEN),
      validators: members.length,
      head: mine,
      recent: recent.groups.get(group)?.votes ?? NO_VOTES,
      effectiveness: recent.groups.get(group)?.effectiveness ?? null,
      comparison: mine === null ? 'unknown' : compareWithNetwork(mine, everybody),
      ...present(members, head),
    };
  });
  return {
    stale,
    head: votes === null ? null : { epoch: votes.epoch, network: everybody },
    recent: { fromEpoch: recent.fromEpoch, toEpoch: recent.toEpoch, network: recent.network },
    groups: groups.sort((one, other) => (one.group < other.group ? -1 : 1)),
    worst: worstOf(state, head, recent),
    upcoming: upcomingProposals(state, view.nowMs()),
  };
}

function present(members: readonly WatchedValidator[], head: HeadState | null) {
  if (head === null) return { missingInRow: null, syncCurrent: null, syncNext: null };
  const count = (isOne: (index: number) => boolean): number =>
    members.filter(({ index }) => isOne(index)).length;
  return {
    missingInRow: count((index) => (head.missedInRow.get(index) ?? 0) >= MISSING_IN_ROW),
    syncCurrent: count((index) => head.syncCurrent.has(index)),
    syncNext: count((index) => head.syncNext.has(index)),
  };
}

/** Who is missing now comes before who missed most in the last day. */
function worstOf({ watched }: MonitorState, head: HeadState | null, recent: RecentVotes) {
  const missed = new Map(recent.worst.map(({ validatorIndex, votes }) => [validatorIndex, votes]));
  return watched
    .filter(({ index }) => missed.has(index) || head?.missedInRow.has(index) === true)
    .map(({ index, pubkey, group }) => ({
      ...{ validatorIndex: index, pubkey, group },
      missedInRow: head === null ? null : (head.missedInRow.get(index) ?? 0),
      recent: missed.get(index) ?? NO_VOTES,
    }))
    .sort(
      (one, other) =>
        (other.missedInRow ?? 0) - (one.missedInRow ?? 0) ||
        other.recent.missed - one.recent.missed ||
        one.validatorIndex - other.validatorIndex,
    )
    .slice(0, MOST_WORST);
}
