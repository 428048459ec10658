import type { AlertRule } from '../rule.ts';

const of = { area: 'beacon', of: 'monitor' } as const;

export const BEACON_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilBeaconNodeDown',
    severity: 'warning',
    forEpochs: 1,
    expr: () => 'vigil_beacon_node_truth == 0',
    summary: 'Beacon node {{ $labels.node }} is no source of truth',
    description:
      'Beacon node {{ $labels.node }} does not answer, is syncing, optimistic, behind or of another network. It is not asked; when it is the last one, the monitor is blind.',
  },
  {
    ...of,
    alert: 'VigilAllBeaconNodesDown',
    severity: 'critical',
    forEpochs: 0.5,
    expr: () => 'sum without (node) (vigil_beacon_node_truth) == 0',
    summary: 'No beacon node of {{ $labels.instance }} is a source of truth',
    description:
      'Monitor {{ $labels.instance }} has nobody to ask: nothing is known of the validators, good or bad. If they use the same nodes, they do no duties.',
  },
  {
    ...of,
    alert: 'VigilBeaconNodeBehind',
    severity: 'warning',
    forEpochs: 0.5,
    expr: () =>
      [
        'vigil_beacon_node_sync_distance_slots > 3',
        '  or vigil_monitor_clock_slot - on (job, instance) group_right () vigil_beacon_node_head_slot > 4',
      ].join('\n'),
    summary: 'Beacon node {{ $labels.node }} is {{ $value }} slots behind',
    description:
      'The head of beacon node {{ $labels.node }} is {{ $value }} slots old. Votes of validators that use it are for an old head.',
  },
  {
    ...of,
    alert: 'VigilBeaconNodeErrors',
    severity: 'warning',
    forEpochs: 1,
    expr: () =>
      'vigil:beacon_failures:ratio > 0.2\n  unless on (job, instance, node) vigil_beacon_node_truth == 0',
    summary: 'Beacon node {{ $labels.node }} fails {{ $value | humanizePercentage }} of requests',
    description:
      'Beacon node {{ $labels.node }} counts as a source of truth, but {{ $value | humanizePercentage }} of the requests of the last two epochs gave nothing.',
  },
  {
    ...of,
    alert: 'VigilBeaconNodeSlow',
    severity: 'warning',
    forEpochs: 2,
    expr: () => 'vigil:beacon_request_seconds:p90 > 2',
    summary: 'Beacon node {{ $labels.node }} takes {{ $value | humanizeDuration }} to answer',
    description:
      'One of ten requests to beacon node {{ $labels.node }} takes {{ $value | humanizeDuration }} or more. A validator client that waits so long votes late.',
  },
  {
    ...of,
    alert: 'VigilBeaconStreamDown',
    severity: 'warning',
    forEpochs: 2,
    expr: () =>
      'sum without (node) (vigil_beacon_stream_connected) == 0\n  and sum without (node) (vigil_beacon_node_truth) > 0',
    summary: 'Monitor {{ $labels.instance }} gets no events',
    description:
      'No beacon node streams events to monitor {{ $labels.instance }}. It asks for the head instead, so news come later and short re-organisations are not seen.',
  },
];

const network = { area: 'network', of: 'monitor' } as const;

export const NETWORK_ALERTS: readonly AlertRule[] = [
  {
    ...network,
    alert: 'VigilFinalityStalled',
    severity: 'warning',
    forEpochs: 1,
    expr: () => 'vigil:finality_distance:epochs > 4',
    summary: 'The chain has not finalised for {{ $value }} epochs',
    description:
      'The finalized epoch is {{ $value }} epochs old as monitor {{ $labels.instance }} sees it: the network is in trouble, or the nodes are on a branch of their own.',
  },
  {
    ...network,
    alert: 'VigilNetworkMissingVotes',
    severity: 'warning',
    forEpochs: 2,
    expr: () => 'vigil_monitor_network_attestation_missed_ratio >= 0.1',
    summary: '{{ $value | humanizePercentage }} of the votes of the whole network are missing',
    description:
      '{{ $value | humanizePercentage }} of the votes of the whole network are in no block. Alerts about single validators are held back meanwhile; those that are clearly worse off than the network are told.',
  },
];
