import { always, m, MONITOR, rising, values, type Scenes } from '../scene.ts';

const up = m('up');
const unhealthy = (reason: string): string => m('vigil_monitor_unhealthy', { reason });
const success = m('vigil_monitor_last_success_timestamp_seconds', { task: 'head' });
const errors = m('vigil_monitor_errors_total', { task: 'head' });
const gaps = m('vigil_monitor_gap_epochs');
const residual = m('vigil_monitor_residual_gwei', { group: 'home' });
const residualTotal = m('vigil_monitor_residual_gwei_total', { group: 'home' });
const unresolved = m('vigil_monitor_execution_unresolved_blocks', { group: 'home' });
const reloads = m('vigil_monitor_watch_list_reload_failures_total');
const problems = m('vigil_monitor_watch_list_problems');
const home = { ...MONITOR, group: 'home' };

export const MONITOR_CASES: Scenes = {
  VigilMonitorDown: [
    { series: { [up]: values([1, 2], [0, 2]) }, from: 2, labels: MONITOR },
    { series: {}, from: 0, labels: { job: MONITOR.job } },
    { quiet: 'it is up', series: { [up]: always(1) }, at: 3 },
  ],
  VigilMonitorUnhealthy: [
    {
      series: { [unhealthy('head-old')]: values([0, 2], [1, 3]), [unhealthy('no-head')]: always(0) },
      ...{ from: 2, labels: { ...MONITOR, reason: 'head-old' } },
    },
    { quiet: 'it has no node', series: { [unhealthy('no-beacon-node')]: always(1) }, at: 4 },
    { quiet: 'it goes on with an older list', series: { [unhealthy('watch-file-old')]: always(1) }, at: 4 },
    { quiet: 'it starts', series: { [unhealthy('no-head')]: '1x5 0x20' }, at: 2 },
  ],
  VigilMonitorTaskStuck: [
    {
      // Never after the first second; 1920 s are five epochs.
      series: { [success]: values([1, 8]) },
      ...{ from: 5.125, labels: { ...MONITOR, task: 'head' }, value: '32m 47s' },
    },
    { quiet: 'it goes on', series: { [success]: rising(48) }, at: 7 },
    { quiet: 'not yet', series: { [success]: values([1, 8]) }, at: 5 },
  ],
  VigilMonitorErrors: [
    {
      series: { [errors]: rising(10) },
      ...{ from: 0.125, labels: { ...MONITOR, task: 'head' }, value: '90' },
    },
    { quiet: 'one error', series: { [errors]: values([0, 2], [1, 6]) }, at: 5 },
  ],
  VigilMonitorGaps: [
    { series: { [gaps]: values([0, 1], [3, 8]) }, from: 1, labels: MONITOR, value: '3' },
    { quiet: 'it was filled', series: { [gaps]: values([3, 3], [0, 6]) }, at: 7 },
  ],
  VigilRewardResidual: [
    { series: { [residual]: values([0, 2], [12, 2]) }, from: 2, labels: home, value: '12' },
    { series: { [residualTotal]: values([0, 2], [5, 2]) }, from: 2, labels: home, value: '5' },
    { quiet: 'nothing is left over', series: { [residual]: always(0), [residualTotal]: always(0) }, at: 4 },
    { quiet: 'of the past', series: { [residual]: always(0), [residualTotal]: always(7) }, at: 4 },
  ],
  VigilExecutionIncomeUnknown: [
    { series: { [unresolved]: values([0, 1], [2, 4]) }, from: 1, labels: home, value: '2' },
    { quiet: 'all is known', series: { [unresolved]: always(0) }, at: 4 },
  ],
  VigilWatchListReloadFailed: [
    { series: { [reloads]: values([0, 3], [1, 3]) }, from: 3, labels: MONITOR },
    // Until it is mended, also where the start of it is long ago.
    { series: { [problems]: values([0, 2], [1, 5]) }, from: 2, labels: MONITOR },
    { quiet: 'never', series: { [reloads]: always(0), [problems]: always(0) }, at: 4 },
  ],
  // It cannot be quiet.
  VigilWatchdog: [{ series: {}, from: 0, labels: {} }],
};
