import { HEALTH_REASONS, judgeHealth } from '../health/index.ts';
import { MONITOR_TASKS, type MonitorState } from '../model/monitor-state.ts';
import { follow, setOrEnd, type Series } from './series.ts';

/** Of the chain as the monitor follows it, and of the monitor itself. */
export function healthGauges(series: Series, version: string) {
  const build = series.gauge('build_info', '1, with the version and the network.', ['version', 'network']);
  const clockSlot = series.gauge('clock_slot', 'Slot by the clock of this machine.');
  const clockEpoch = series.gauge('clock_epoch', 'Epoch by the clock of this machine.');
  const headSlot = series.gauge('head_slot', 'Slot of the newest block that was looked at.');
  const finalized = series.gauge('finalized_epoch', 'Finalized epoch of the chain.');
  const lastFinal = series.gauge(
    'last_final_epoch',
    'Last epoch of which everything is written down; the newest that can be is two before the finalized one.',
  );
  const gaps = series.gauge(
    'gap_epochs',
    'Epochs that are missing in the database; see `vigil monitor backfill`.',
  );
  const healthy = series.gauge('healthy', '1 while GET /healthz answers 200.');
  const reasons = series.gauge('unhealthy', '1 for each reason for which GET /healthz answers 503, else 0.', [
    'reason',
  ]);
  const success = series.gauge(
    'last_success_timestamp_seconds',
    'Unix time of the last success of each task of the monitor; none before the first.',
    ['task'],
  );
  const errors = series.counter('errors_total', 'Failures of each task of the monitor.', ['task']);
  const reorgs = series.counter('reorgs_total', 'Re-organisations that beacon nodes told of.');
  const pending = series.gauge('pending_validators', 'Watched keys that the chain does not know yet.');
  const problems = series.gauge(
    'watch_list_problems',
    'Sources of the list of validators, the watch file included, that could not be read the last time; what they gave before stays in force.',
  );
  const unjudged = series.gauge(
    'foreign_unjudged_messages',
    'Votes and blocks on chain that are not compared with the history of the signers yet, because one of them gives no answer; none without a signer.',
  );
  const unjudgedAge = series.gauge(
    'foreign_unjudged_age_seconds',
    'Time since the slot of the oldest of them; 0 when there is none.',
  );
  const uncompared = series.gauge(
    'foreign_uncompared_epochs',
    'Epochs that were written down, by the monitor or by a backfill, and whose votes and blocks are not compared with the history of the signers yet; none without a signer.',
  );
  const accused = series.gauge(
    'foreign_unsettled_keys',
    'Keys that somebody else signs with and that are not frozen on the signers yet; none without a signer.',
  );
  const [followErrors, followReorgs] = [follow(errors), follow(reorgs)];

  return (state: MonitorState, nowMs: number): void => {
    build.reset();
    build.set({ version, network: state.network }, 1);
    clockSlot.set(Number(state.clockSlot));
    clockEpoch.set(Number(state.clockSlot / state.slotsPerEpoch));
    setOrEnd(headSlot, state.head?.slot ?? null);
    setOrEnd(finalized, state.finalizedEpoch);
    setOrEnd(lastFinal, state.lastFinalEpoch);
    gaps.set(state.gapEpochs);
    pending.set(state.pending.length);
    problems.set(state.watchProblems.length);
    const health = judgeHealth(state, nowMs);
    healthy.set(health.healthy ? 1 : 0);
    for (const reason of HEALTH_REASONS)
      reasons.set({ reason }, health.problems.some((problem) => problem.reason === reason) ? 1 : 0);
    for (const task of MONITOR_TASKS) {
      const last = state.lastSuccessMs[task];
      if (last !== null) success.set({ task }, last / 1000);
      followErrors({ task }, state.errors[task]);
    }
    followReorgs({}, state.reorgs);
    setOrEnd(unjudged, state.unjudged?.messages ?? null);
    setOrEnd(unjudgedAge, ageOfUnjudged(state, nowMs));
    setOrEnd(uncompared, state.unjudged?.epochs ?? null);
    setOrEnd(accused, state.unjudged?.accused ?? null);
  };
}

function ageOfUnjudged(
  { unjudged, genesisTimeSeconds, slotDurationMs }: MonitorState,
  nowMs: number,
): number | null {
  if (unjudged === null) return null;
  if (unjudged.oldestSlot === null) return 0;
  const startMs = Number(genesisTimeSeconds) * 1000 + Number(unjudged.oldestSlot) * slotDurationMs;
  return Math.max(0, (nowMs - startMs) / 1000);
}
