import type { Dashboard } from '../panel.ts';

export const VALIDATORS: Dashboard = {
  uid: 'validators',
  title: 'validators',
  about: 'What was due and what was done, by group: votes, proposals, sync committees, states.',
  grouped: true,
  instancesOf: 'vigil_monitor_build_info',
  rows: [
    {
      title: 'Votes',
      panels: [
        {
          title: 'In no block, at the head',
          about: 'Last closed epoch, provisional; ends while the head is old.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [
            { expr: 'vigil_monitor_head_attestation_missed_ratio{$ours}', legend: '{{group}}' },
            { expr: 'vigil_monitor_network_attestation_missed_ratio{$here}', legend: 'whole network' },
          ],
        },
        {
          title: 'In no block, final',
          about: 'Weighted by effective balance; the whole network by votes.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [
            { expr: 'vigil_monitor_final_attestation_missed_ratio{$ours}', legend: '{{group}}' },
            { expr: 'vigil_monitor_network_final_attestation_missed_ratio{$here}', legend: 'whole network' },
          ],
        },
        {
          title: 'Results',
          about: 'Final votes an hour by result, of all chosen groups.',
          ...{ kind: 'timeseries', unit: 'short', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (result) (increase(vigil_monitor_attestations_total{$ours}[1h]))',
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Effectiveness',
          about: 'One by the number of blocks a vote took, a missed one being zero. Above 0.97 is well.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [{ expr: 'vigil_monitor_attestation_effectiveness{$ours}', legend: '{{group}}' }],
        },
        {
          title: 'Late or wrong',
          about:
            'Share of the votes of the last 18 epochs that are in a block, but late or for something else.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [{ expr: 'vigil:votes_wrong:ratio{$ours}', legend: '{{group}}' }],
        },
        {
          title: 'Offline',
          about: 'Share of active validators without a vote in three closed epochs or more.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [{ expr: 'vigil:validators_missing:ratio{$ours}', legend: '{{group}}' }],
        },
        {
          title: 'Epochs in a row without a vote, one by one',
          about: 'Only while few validators are watched (per-validator-metrics).',
          ...{ kind: 'timeseries', unit: 'short', width: 24 },
          queries: [
            { expr: 'vigil_monitor_validator_missing_in_row{$ours} > 0', legend: '{{group}} {{index}}' },
          ],
        },
      ],
    },
    {
      title: 'Proposals',
      panels: [
        {
          title: 'Proposals of the day',
          about: 'Final, in the last 24 hours.',
          ...{ kind: 'timeseries', unit: 'short', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (group, result) (increase(vigil_monitor_proposals_total{stage="final",$ours}[1d]))',
              legend: '{{group}} {{result}}',
            },
          ],
        },
        {
          title: 'Next proposal',
          about: 'Seconds until then; no restarts.',
          ...{ kind: 'timeseries', unit: 's', width: 12 },
          queries: [{ expr: 'vigil_monitor_proposal_upcoming_seconds{$ours}', legend: '{{group}}' }],
        },
      ],
    },
    {
      title: 'Sync committees',
      panels: [
        {
          title: 'Participation',
          about: 'Of ours in the last four final epochs, and of the whole committee.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12, max: 1 },
          queries: [
            { expr: 'vigil:sync_participation:ratio{$ours}', legend: '{{group}}' },
            { expr: 'vigil_monitor_sync_network_participation_ratio{$here}', legend: 'whole committee' },
          ],
        },
        {
          title: 'Members',
          about: 'Of the present committee and the next.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            { expr: 'vigil_monitor_sync_committee_active{$ours}', legend: '{{group}} now' },
            { expr: 'vigil_monitor_sync_committee_next{$ours}', legend: '{{group}} next' },
          ],
        },
      ],
    },
    {
      title: 'States',
      panels: [
        {
          title: 'Validators by status',
          about: 'In the words of the Beacon API.',
          ...{ kind: 'timeseries', unit: 'short', width: 12, stacked: true },
          queries: [{ expr: 'sum by (status) (vigil_monitor_validators{$ours}) > 0', legend: '{{status}}' }],
        },
        {
          title: 'Slashed, foreign signatures, changed credentials',
          about: 'Since the monitor started. Anything but zero is worth a look.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            { expr: 'vigil_monitor_validators_slashed{$ours}', legend: '{{group}} slashed' },
            {
              expr: 'sum by (group) (vigil_monitor_foreign_messages_total{$ours})',
              legend: '{{group}} foreign messages',
            },
            {
              expr: 'vigil_monitor_withdrawal_credentials_changes_total{$ours}',
              legend: '{{group}} credentials changed',
            },
          ],
        },
        {
          title: 'Foreign signatures: what is left to look at',
          about: 'Epochs not compared with the signers yet, and votes that no honest chain has.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            { expr: 'vigil_monitor_foreign_uncompared_epochs{$here}', legend: 'epochs not compared' },
            { expr: 'vigil_monitor_impossible_votes_total{$here}', legend: 'impossible votes' },
          ],
        },
      ],
    },
  ],
};
