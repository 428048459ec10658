import type { Gauge } from 'prom-client';
import {
  compareWithNetwork,
  countVotes,
  isHeadStale,
  lastClosed,
  missedRatio,
  networkVotes,
} from '../health/index.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import { byGroup, setOrEnd, type Series } from './series.ts';

/** Epochs in a row without a vote that an alert looks at. */
export const MISSING_IN_ROW = 3;

/**
 * What the head of the chain says. It ends when the head is old: a monitor that sees nothing must not say that nothing
 * was done.
 */
export function dutyGauges(series: Series) {
  const missed = series.gauge(
    'head_attestation_missed_ratio',
    'Share of votes of the last closed epoch at the head that are in no block; none while the head is old or nothing is known.',
    ['group'],
  );
  const network = series.gauge(
    'network_attestation_missed_ratio',
    'The same of the whole network, in the same epoch.',
  );
  const ours = series.gauge(
    'attestations_worse_than_network',
    '1 while a group misses clearly more votes than the network does in the same epoch.',
    ['group'],
  );
  const inRow = series.gauge(
    'validators_missing_in_row',
    'Validators whose votes of the last n or more closed epochs are in no block.',
    ['group', 'n'],
  );
  const slashing = series.gauge(
    'slashing_seen_in_block',
    'Watched validators slashed by a block that is not final yet.',
    ['group'],
  );
  const upcoming = series.gauge(
    'proposal_upcoming_seconds',
    'Seconds to the next proposal of a group; none when none is known.',
    ['group'],
  );
  const syncActive = series.gauge('sync_committee_active', 'Watched members of the sync committee.', [
    'group',
  ]);
  const syncNext = series.gauge('sync_committee_next', 'Watched members of the next sync committee.', [
    'group',
  ]);
  const provisional: readonly Gauge<'group'>[] = [
    missed,
    ours,
    inRow,
    slashing,
    upcoming,
    syncActive,
    syncNext,
  ];

  return (state: MonitorState, groups: ReadonlySet<string>, nowMs: number): void => {
    for (const gauge of provisional) gauge.reset();
    network.remove();
    const { head } = state;
    if (head === null || isHeadStale(state)) return;
    const groupOf = new Map(state.watched.map(({ index, group }) => [index, group]));
    const count = (gauge: Gauge<'group'>, indices: Iterable<number>): void => {
      const counts = byGroup(
        groups,
        indices,
        (index) => groupOf.get(index),
        () => 1,
      );
      for (const [group, validators] of counts) gauge.set({ group }, validators);
    };
    const long = [...head.missedInRow].filter(([, epochs]) => epochs >= MISSING_IN_ROW);
    const rows = byGroup(
      groups,
      long,
      ([index]) => groupOf.get(index),
      () => 1,
    );
    for (const [group, validators] of rows) inRow.set({ group, n: `${MISSING_IN_ROW}` }, validators);
    count(slashing, new Set(head.slashed.map(({ validatorIndex }) => validatorIndex)));
    count(syncActive, head.syncCurrent.keys());
    count(syncNext, head.syncNext.keys());

    const nearest = new Map<string, number>();
    for (const { slot, result, validatorIndex } of head.proposals) {
      const group = groupOf.get(validatorIndex);
      if (result !== 'scheduled' || group === undefined) continue;
      const startMs = Number(state.genesisTimeSeconds) * 1000 + Number(slot) * state.slotDurationMs;
      if (startMs < nowMs) continue;
      const before = nearest.get(group);
      if (before === undefined || startMs < before) nearest.set(group, startMs);
    }
    for (const [group, startMs] of nearest) upcoming.set({ group }, (startMs - nowMs) / 1000);

    const votes = lastClosed(head);
    if (votes === null) return;
    const everybody = networkVotes(votes.network);
    setOrEnd(network, everybody === null ? null : missedRatio(everybody));
    const verdicts = Map.groupBy(votes.verdicts, ({ validatorIndex }) => groupOf.get(validatorIndex));
    for (const group of groups) {
      const mine = countVotes(verdicts.get(group) ?? []);
      const ratio = missedRatio(mine);
      if (ratio === null) continue;
      missed.set({ group }, ratio);
      const comparison = compareWithNetwork(mine, everybody);
      if (comparison !== 'unknown') ours.set({ group }, comparison === 'ours' ? 1 : 0);
    }
  };
}
