import type { Dashboard } from '../panel.ts';

export const REWARDS: Dashboard = {
  uid: 'rewards',
  title: 'rewards',
  about:
    'What balances gained and lost, final, by duty. Since these are counters of a process, exact sums are those of `vigil rewards report`.',
  grouped: true,
  instancesOf: 'vigil_monitor_build_info',
  rows: [
    {
      title: 'Balances',
      panels: [
        {
          title: 'Balance',
          about: 'At the last final epoch.',
          ...{ kind: 'stat', unit: 'gwei', width: 8 },
          queries: [{ expr: 'sum(vigil_monitor_balance_gwei{$ours})', legend: 'balance' }],
        },
        {
          title: 'Effective balance',
          about: 'What rewards are counted by.',
          ...{ kind: 'stat', unit: 'gwei', width: 8 },
          queries: [
            { expr: 'sum(vigil_monitor_effective_balance_gwei{$ours})', legend: 'effective balance' },
          ],
        },
        {
          title: 'Not explained',
          about: 'The residual of the last final epoch. It must be 0.',
          ...{ kind: 'stat', unit: 'gwei', width: 8, limits: { warn: 1, bad: 1 } },
          queries: [{ expr: 'sum(vigil_monitor_residual_gwei{$ours})', legend: 'residual' }],
        },
      ],
    },
    {
      title: 'Consensus layer',
      panels: [
        {
          title: 'Gained in a day',
          about: 'By duty, over the last 24 hours.',
          ...{ kind: 'timeseries', unit: 'gwei', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (kind) (increase(vigil_monitor_rewards_gwei_total{$ours}[1d]))',
              legend: '{{kind}}',
            },
          ],
        },
        {
          title: 'Lost in a day',
          about: 'Penalties by duty, over the last 24 hours.',
          ...{ kind: 'timeseries', unit: 'gwei', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (kind) (increase(vigil_monitor_penalties_gwei_total{$ours}[1d]))',
              legend: '{{kind}}',
            },
          ],
        },
        {
          title: 'Share of the ideal',
          about:
            'What votes and sync duties gained less what they lost, by what perfect ones would have gained.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [
            {
              expr: [
                '(sum by (group, kind) (increase(vigil_monitor_rewards_gwei_total{kind=~"attestation|sync",$ours}[1d]))',
                '- sum by (group, kind) (increase(vigil_monitor_penalties_gwei_total{kind=~"attestation|sync",$ours}[1d])))',
                '/ (sum by (group, kind) (increase(vigil_monitor_ideal_rewards_gwei_total{$ours}[1d])) > 0)',
              ].join('\n'),
              legend: '{{group}} {{kind}}',
            },
          ],
        },
        {
          title: 'Residual',
          about: 'What balances did that nothing explains. It must stay 0.',
          ...{ kind: 'timeseries', unit: 'gwei', width: 12 },
          queries: [{ expr: 'vigil_monitor_residual_gwei_total{$ours}', legend: '{{group}}' }],
        },
      ],
    },
    {
      title: 'Execution layer and proof',
      panels: [
        {
          title: 'Paid by blocks in a day',
          about: 'By the method that proves it.',
          ...{ kind: 'timeseries', unit: 'gwei', width: 8, stacked: true },
          queries: [
            {
              expr: 'sum by (group, method) (increase(vigil_monitor_execution_rewards_gwei_total{$ours}[1d])) > 0',
              legend: '{{group}} {{method}}',
            },
          ],
        },
        {
          title: 'Blocks of unknown income',
          about: 'No source could say what they paid.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [{ expr: 'vigil_monitor_execution_unresolved_blocks{$ours}', legend: '{{group}}' }],
        },
        {
          title: 'How rewards of votes are known',
          about: 'Stretches of the ledger of the last day; the residual of `balance` proves nothing.',
          ...{ kind: 'timeseries', unit: 'short', width: 8, stacked: true },
          queries: [
            {
              expr: 'sum by (method) (increase(vigil_monitor_ledger_parts_total{$ours}[1d])) > 0',
              legend: '{{method}}',
            },
          ],
        },
      ],
    },
  ],
};
