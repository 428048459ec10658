import type { Dashboard } from '../panel.ts';

export const OVERVIEW: Dashboard = {
  uid: 'overview',
  title: 'overview',
  about: 'Whether everything is well: validators, chain, signers, the monitor itself.',
  grouped: true,
  instancesOf: 'vigil_monitor_build_info',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Alerts that fire',
          about: "Alerts of Vigil; the dead-man's switch left out.",
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 1, bad: 3 } },
          queries: [
            {
              expr: 'count(ALERTS{alertname=~"Vigil.+",alertname!="VigilWatchdog",alertstate="firing"}) or vector(0)',
              legend: 'firing',
            },
          ],
        },
        {
          title: 'Active validators',
          about: 'Watched validators that have duties.',
          ...{ kind: 'stat', unit: 'none', width: 4 },
          queries: [{ expr: 'sum(vigil_monitor_validators_active{$ours})', legend: 'active' }],
        },
        {
          title: 'Offline',
          about: 'Validators without a vote in three closed epochs or more. Nothing while the head is old.',
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 1, bad: 10 } },
          queries: [{ expr: 'sum(vigil_monitor_validators_missing_in_row{n="3",$ours})', legend: 'offline' }],
        },
        {
          title: 'Votes missing',
          about: 'Share of our votes of the last closed epoch that are in no block.',
          ...{ kind: 'stat', unit: 'percentunit', width: 4, limits: { warn: 0.02, bad: 0.1 } },
          queries: [{ expr: 'avg(vigil_monitor_head_attestation_missed_ratio{$ours})', legend: 'missing' }],
        },
        {
          title: 'Epochs to finality',
          about: 'From the finalized epoch to that of the clock. Two is well.',
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 4, bad: 6 } },
          queries: [{ expr: 'max(vigil:finality_distance:epochs{$here})', legend: 'epochs' }],
        },
        {
          title: 'Next proposal',
          about: 'Of any chosen group; none when none is known.',
          ...{ kind: 'stat', unit: 's', width: 4 },
          queries: [{ expr: 'min(vigil_monitor_proposal_upcoming_seconds{$ours})', legend: 'in' }],
        },
      ],
    },
    {
      title: 'What fires',
      panels: [
        {
          title: 'Alerts',
          about: 'What each means and what to do: the runbooks.',
          ...{ kind: 'table', unit: 'none', width: 24 },
          queries: [
            {
              expr: 'sum by (alertname, severity, group, instance) (ALERTS{alertname=~"Vigil.+",alertname!="VigilWatchdog",alertstate="firing"})',
              legend: '{{alertname}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Validators and signers',
      panels: [
        {
          title: 'Votes that are in no block',
          about: 'By group, beside the whole network in the same epoch.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [
            { expr: 'vigil_monitor_head_attestation_missed_ratio{$ours}', legend: '{{group}}' },
            { expr: 'max(vigil_monitor_network_attestation_missed_ratio{$here})', legend: 'whole network' },
          ],
        },
        {
          title: 'Signatures',
          about: 'By all signers, by type.',
          ...{ kind: 'timeseries', unit: 'reqps', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (type) (rate(vigil_signer_sign_requests_total{result="signed"}[$range]))',
              legend: '{{type}}',
            },
          ],
        },
      ],
    },
    {
      title: 'The monitor',
      panels: [
        {
          title: 'Why it is not healthy',
          about: 'Each reason for which GET /healthz answers 503.',
          ...{ kind: 'state-timeline', unit: 'bool', width: 12, limits: { warn: 1, bad: 1 } },
          queries: [{ expr: 'vigil_monitor_unhealthy{$here}', legend: '{{reason}}' }],
        },
        {
          title: 'Failures by task',
          about: 'In the last hour.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [{ expr: 'increase(vigil_monitor_errors_total{$here}[1h])', legend: '{{task}}' }],
        },
        {
          title: 'Epochs not written yet',
          about: 'Final on chain and not in the database; the newest two cannot be.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [
            {
              expr: 'vigil_monitor_finalized_epoch{$here} - vigil_monitor_last_final_epoch{$here}',
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Epochs missing',
          about: 'Gaps in the database; see `vigil monitor backfill`.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [{ expr: 'vigil_monitor_gap_epochs{$here}', legend: '{{instance}}' }],
        },
        {
          title: 'Since the last success',
          about: 'Of each task. Longer than five epochs is an alert.',
          ...{ kind: 'timeseries', unit: 's', width: 8 },
          queries: [
            { expr: 'time() - vigil_monitor_last_success_timestamp_seconds{$here}', legend: '{{task}}' },
          ],
        },
      ],
    },
  ],
};
