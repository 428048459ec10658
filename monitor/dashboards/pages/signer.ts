import type { Dashboard } from '../panel.ts';

export const SIGNER: Dashboard = {
  uid: 'signer',
  title: 'signer and guard',
  about: 'What is signed and refused, how long it takes and where the time goes, who asks.',
  grouped: false,
  instancesOf: 'vigil_guard_available',
  rows: [
    {
      title: 'State',
      panels: [
        {
          title: 'Database records',
          about: 'By instance: 1 while the guard can record, 0 when it refuses everything.',
          ...{ kind: 'stat', unit: 'bool', width: 4, limits: { warn: 1, bad: 1, below: true } },
          queries: [{ expr: 'min(vigil_guard_available{$here})', legend: 'available' }],
        },
        {
          title: 'Clock trusted',
          about: '0 while nothing slashable is signed because of the clock.',
          ...{ kind: 'stat', unit: 'bool', width: 4, limits: { warn: 1, bad: 1, below: true } },
          queries: [{ expr: 'min(vigil_clock_trusted{$here})', legend: 'trusted' }],
        },
        {
          title: 'Keys loaded',
          about: 'On the chosen instances together.',
          ...{ kind: 'stat', unit: 'none', width: 4 },
          queries: [{ expr: 'sum(vigil_signer_keys_loaded{$here})', legend: 'loaded' }],
        },
        {
          title: 'Keys frozen',
          about: 'One by one; see `vigil keys list`.',
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 1, bad: 1 } },
          queries: [{ expr: 'sum(vigil_signer_keys_frozen{$here})', legend: 'frozen' }],
        },
        {
          title: 'All frozen',
          about: 'Instances on which everything is frozen.',
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 1, bad: 1 } },
          queries: [{ expr: 'sum(vigil_signer_all_frozen{$here})', legend: 'all frozen' }],
        },
        {
          title: 'Keys silent',
          about: 'While beacon nodes are watched for a second signer.',
          ...{ kind: 'stat', unit: 'none', width: 4, limits: { warn: 1, bad: 1000000 } },
          queries: [{ expr: 'sum(vigil_signer_keys_silent{$here})', legend: 'silent' }],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Signed',
          about: 'By type.',
          ...{ kind: 'timeseries', unit: 'reqps', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (type) (rate(vigil_signer_sign_requests_total{result="signed",$here}[$range]))',
              legend: '{{type}}',
            },
          ],
        },
        {
          title: 'Refused and rejected',
          about: 'By reason; docs/errors.md says what each means.',
          ...{ kind: 'timeseries', unit: 'reqps', width: 12, stacked: true },
          queries: [
            {
              expr: 'sum by (result, reason) (rate(vigil_signer_sign_requests_total{result!="signed",$here}[$range])) > 0',
              legend: '{{result}} {{reason}}',
            },
            {
              expr: 'sum by (instance) (rate(vigil_guard_refusals_dropped_total{$here}[$range])) > 0',
              legend: '{{instance}} on no record',
            },
          ],
        },
      ],
    },
    {
      title: 'Time',
      panels: [
        {
          title: 'Requests, 99 of 100',
          about: 'From a parsed header to the answer, by type.',
          ...{ kind: 'timeseries', unit: 's', width: 8 },
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (type, le) (rate(vigil_signer_sign_request_seconds_bucket{$here}[$range])))',
              legend: '{{type}}',
            },
          ],
        },
        {
          title: 'Stages, 99 of 100',
          about: 'Where the time goes. guard_wait and commit are counted per commit, the others per request.',
          ...{ kind: 'timeseries', unit: 's', width: 8 },
          queries: [
            {
              expr: 'histogram_quantile(0.99, sum by (stage, le) (rate(vigil_signer_stage_seconds_bucket{$here}[$range])))',
              legend: '{{stage}}',
            },
          ],
        },
        {
          title: 'Blocks and votes, and commits, over two epochs',
          about: 'What the alerts look at: above 1 s, and above 0.5 s for a commit, somebody is told.',
          ...{ kind: 'timeseries', unit: 's', width: 8 },
          queries: [
            { expr: 'vigil:sign_request_seconds:p99{$here}', legend: '{{instance}} requests' },
            { expr: 'vigil:commit_seconds:p99{$here}', legend: '{{instance}} commits' },
          ],
        },
        {
          title: 'Signatures a commit',
          about: 'How many requests share one write to the disk.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            {
              expr: [
                'sum by (instance) (rate(vigil_signer_sign_requests_total{result="signed",type=~"ATTESTATION|BLOCK|BLOCK_V2",$here}[$range]))',
                '/ (sum by (instance) (rate(vigil_signer_stage_seconds_count{stage="commit",$here}[$range])) > 0)',
              ].join('\n'),
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Keys over time',
          about: 'Loaded, frozen, silent.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            { expr: 'vigil_signer_keys_loaded{$here}', legend: '{{instance}} loaded' },
            { expr: 'vigil_signer_keys_frozen{$here}', legend: '{{instance}} frozen' },
            { expr: 'vigil_signer_keys_silent{$here}', legend: '{{instance}} silent' },
          ],
        },
      ],
    },
    {
      title: 'The front door',
      panels: [
        {
          title: 'Denied',
          about: 'By client (empty: without credentials) and action, in the last hour.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [
            {
              expr: 'sum by (client, action) (increase(vigil_signer_access_denied_total{$here}[1h])) > 0',
              legend: '{{client}} {{action}}',
            },
          ],
        },
        {
          title: 'Turned away with 429, connections closed',
          about: 'In the last hour, by client, and by reason.',
          ...{ kind: 'timeseries', unit: 'short', width: 8 },
          queries: [
            {
              expr: 'sum by (client) (increase(vigil_signer_rate_limited_total{$here}[1h])) > 0',
              legend: 'limited {{client}}',
            },
            {
              expr: 'sum by (reason) (increase(vigil_signer_connections_closed_total{$here}[1h])) > 0',
              legend: 'closed {{reason}}',
            },
          ],
        },
        {
          title: 'Certificates',
          about: 'Time until they run out.',
          ...{ kind: 'timeseries', unit: 's', width: 8 },
          queries: [
            {
              expr: 'vigil_tls_certificate_expiry_timestamp_seconds{$here} - time()',
              legend: '{{instance}} {{certificate}}',
            },
          ],
        },
        {
          title: 'Reloads that failed',
          about: 'Access file and TLS files, since the start.',
          ...{ kind: 'timeseries', unit: 'short', width: 12 },
          queries: [
            { expr: 'vigil_access_reload_failures_total{$here}', legend: '{{instance}} access file' },
            { expr: 'vigil_tls_reload_failures_total{$here}', legend: '{{instance}} TLS files' },
          ],
        },
      ],
    },
  ],
};
