import { HELD, type AlertRule } from '../rule.ts';

const of = { area: 'monitor', of: 'monitor' } as const;

/** The name that the scrape configuration gives the monitors. */
export const MONITOR_JOB = 'vigil-monitor';

export const MONITOR_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilMonitorDown',
    severity: 'critical',
    forEpochs: 0.5,
    expr: () => `up{job="${MONITOR_JOB}"} == 0 or absent(up{job="${MONITOR_JOB}"})`,
    summary: 'Monitor {{ $labels.instance }} does not answer',
    description:
      'Prometheus gets no metrics of monitor {{ $labels.instance }}, or knows of no target of job {{ $labels.job }}. Nobody watches the validators.',
  },
  {
    ...of,
    alert: 'VigilMonitorUnhealthy',
    severity: 'critical',
    forEpochs: 1,
    // These have alerts of their own.
    expr: () =>
      'vigil_monitor_unhealthy{reason!~"no-beacon-node|watch-file-old|foreign-key-not-frozen"} == 1',
    summary: 'Monitor {{ $labels.instance }} is not well: {{ $labels.reason }}',
    description:
      'What monitor {{ $labels.instance }} says may not be true of this moment: {{ $labels.reason }}. Alerts about validators are not to be relied on.',
  },
  {
    ...of,
    alert: 'VigilMonitorTaskStuck',
    severity: 'warning',
    forEpochs: 0,
    expr: (time) => `time() - vigil_monitor_last_success_timestamp_seconds > ${time.epochSeconds(5)}`,
    summary: 'Task {{ $labels.task }} of monitor {{ $labels.instance }} does not get done',
    description:
      'Task {{ $labels.task }} of monitor {{ $labels.instance }} last succeeded {{ $value | humanizeDuration }} ago.',
  },
  {
    ...of,
    alert: 'VigilMonitorErrors',
    severity: 'warning',
    forEpochs: 1,
    expr: (time) => `round(increase(vigil_monitor_errors_total[${time.epochs(4)}])) > 3`,
    summary: 'Task {{ $labels.task }} of monitor {{ $labels.instance }} fails again and again',
    description:
      'Task {{ $labels.task }} of monitor {{ $labels.instance }} failed {{ $value }} times in four epochs.',
  },
  {
    ...of,
    alert: 'VigilMonitorGaps',
    severity: 'warning',
    forEpochs: 5,
    expr: () => 'vigil_monitor_gap_epochs > 0',
    summary: 'Monitor {{ $labels.instance }} misses {{ $value }} epochs',
    description:
      'The database of monitor {{ $labels.instance }} lacks {{ $value }} epochs; reports and splits of those days are not complete.',
  },
  {
    ...of,
    alert: 'VigilRewardResidual',
    severity: 'warning',
    forEpochs: 0,
    expr: () =>
      `increase(vigil_monitor_residual_gwei_total[${HELD}]) > 0\n  or vigil_monitor_residual_gwei > 0`,
    summary: 'Balances of group {{ $labels.group }} did something that nothing explains',
    description:
      'The reward ledger of group {{ $labels.group }} has a residual of {{ $value }} Gwei: balances changed by what no component explains.',
  },
  {
    ...of,
    alert: 'VigilExecutionIncomeUnknown',
    severity: 'info',
    forEpochs: 2,
    expr: () => 'vigil_monitor_execution_unresolved_blocks > 0',
    summary: 'What {{ $value }} blocks of group {{ $labels.group }} paid is not known',
    description:
      'No source could say what {{ $value }} blocks of group {{ $labels.group }} paid on the execution layer. The reward reports lack it.',
  },
  {
    ...of,
    alert: 'VigilWatchListReloadFailed',
    severity: 'warning',
    forEpochs: 0,
    expr: () =>
      `increase(vigil_monitor_watch_list_reload_failures_total[${HELD}]) > 0\n  or vigil_monitor_watch_list_problems > 0`,
    summary: 'Monitor {{ $labels.instance }} could not use its changed watch list',
    description:
      'Monitor {{ $labels.instance }} could not find out who is to be watched. The list before stays in force; who was added is not watched.',
  },
  {
    ...of,
    of: null,
    alert: 'VigilWatchdog',
    severity: 'none',
    forEpochs: 0,
    expr: () => 'vector(1)',
    summary: 'Alerting works',
    description:
      "This alert always fires. Whoever gets it (a dead-man's switch outside of this machine) tells you when it stops: then Prometheus, the Alertmanager or the way out is broken.",
  },
];
