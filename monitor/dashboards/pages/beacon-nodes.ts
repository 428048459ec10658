import type { Dashboard } from '../panel.ts';

export const BEACON_NODES: Dashboard = {
  uid: 'beacon-nodes',
  title: 'beacon nodes',
  about: 'What the nodes that the monitor asks are worth: truth, head, answers, failures.',
  grouped: false,
  instancesOf: 'vigil_monitor_build_info',
  rows: [
    {
      title: 'Nodes',
      panels: [
        {
          title: 'Source of truth',
          about: 'Ours, synced, verified, at the head.',
          ...{ kind: 'state-timeline', unit: 'bool', width: 12, limits: { warn: 1, bad: 1, below: true } },
          queries: [{ expr: 'vigil_beacon_node_truth{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Asked first',
          about: 'The node that calls go to first.',
          ...{ kind: 'state-timeline', unit: 'bool', width: 12 },
          queries: [{ expr: 'vigil_beacon_node_selected{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Slots behind the clock',
          about: 'Empty slots count too: all nodes show those alike.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [
            {
              expr: 'vigil_monitor_clock_slot{$here} - on (job, instance) group_right () vigil_beacon_node_head_slot{$here}',
              legend: '{{node}}',
            },
          ],
        },
        {
          title: 'Slots behind, by their own word',
          about: 'The sync distance.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [{ expr: 'vigil_beacon_node_sync_distance_slots{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Score',
          about: 'How well they serve, 0 to 100.',
          ...{ kind: 'timeseries', unit: 'short', width: 8, max: 100 },
          queries: [{ expr: 'vigil_beacon_node_score{$here}', legend: '{{node}}' }],
        },
      ],
    },
    {
      title: 'Answers',
      panels: [
        {
          title: 'Requests',
          about: 'Every try counted.',
          ...{ kind: 'timeseries', unit: 'reqps', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (endpoint) (rate(vigil_beacon_requests_total{$here}[$range])) > 0',
              legend: '{{endpoint}}',
            },
          ],
        },
        {
          title: 'Requests that gave nothing',
          about: 'Share of the last two epochs, and which kinds.',
          ...{ kind: 'timeseries', unit: 'percentunit', width: 12 },
          queries: [{ expr: 'vigil:beacon_failures:ratio{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Failures by kind',
          about: 'Of all endpoints, in the last hour.',
          ...{ kind: 'timeseries', unit: 'short', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (node, kind) (increase(vigil_beacon_request_failures_total{$here}[1h])) > 0',
              legend: '{{node}} {{kind}}',
            },
          ],
        },
        {
          title: 'Time to answer, 9 of 10',
          about: 'Over two epochs, the event stream left out; above 2 s is an alert.',
          ...{ kind: 'timeseries', unit: 's', width: 12 },
          queries: [{ expr: 'vigil:beacon_request_seconds:p90{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Time to answer by endpoint, 9 of 10',
          about: 'Committees and rewards of a whole epoch may take their time.',
          ...{ kind: 'timeseries', unit: 's', width: 12 },
          queries: [
            {
              expr: 'histogram_quantile(0.9, sum by (endpoint, le) (rate(vigil_beacon_request_seconds_bucket{endpoint!="eventstream",$here}[$range])))',
              legend: '{{endpoint}}',
            },
          ],
        },
        {
          title: 'Bytes',
          about: 'Of answers, after decompression.',
          ...{ kind: 'timeseries', unit: 'Bps', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (endpoint) (rate(vigil_beacon_response_bytes_total{$here}[$range])) > 0',
              legend: '{{endpoint}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Events and chain',
      panels: [
        {
          title: 'Events',
          about: 'Streamed by nodes, by topic.',
          ...{ kind: 'timeseries', unit: 'reqps', width: 8 },
          queries: [
            { expr: 'sum by (topic) (rate(vigil_beacon_events_total{$here}[$range]))', legend: '{{topic}}' },
          ],
        },
        {
          title: 'Streams',
          about: 'The monitor streams from the best node only.',
          ...{ kind: 'state-timeline', unit: 'bool', width: 8 },
          queries: [{ expr: 'vigil_beacon_stream_connected{$here}', legend: '{{node}}' }],
        },
        {
          title: 'Finality and re-organisations',
          about: 'Epochs to finality, and re-organisations in the last hour.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [
            { expr: 'vigil:finality_distance:epochs{$here}', legend: '{{instance}} epochs to finality' },
            {
              expr: 'increase(vigil_monitor_reorgs_total{$here}[1h])',
              legend: '{{instance}} re-organisations',
            },
          ],
        },
      ],
    },
  ],
};
