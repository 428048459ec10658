import { HELD, type AlertRule } from '../rule.ts';

const of = { area: 'signer', of: 'signer' } as const;

/** The name that the scrape configuration gives the signers; `up` and `absent` know targets by nothing else. */
export const SIGNER_JOB = 'vigil-signer';

const DAY = 86_400;

export const SIGNER_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilSignerDown',
    severity: 'critical',
    forEpochs: 0.25,
    expr: () => `up{job="${SIGNER_JOB}"} == 0 or absent(up{job="${SIGNER_JOB}"})`,
    summary: 'Signer {{ $labels.instance }} does not answer',
    description:
      'Prometheus gets no metrics of signer {{ $labels.instance }}, or knows of no target of job {{ $labels.job }}. Whatever signs there may have stopped.',
  },
  {
    ...of,
    alert: 'VigilSignerIdle',
    severity: 'critical',
    forEpochs: 1,
    // Only after a day in which it signed: keys that wait for their deposit are asked for nothing.
    expr: (time) => {
      const votes = 'vigil_signer_sign_requests_total{type="ATTESTATION",result="signed"}';
      return [
        `sum without (type, result, reason) (increase(${votes}[${time.epochs(2)}])) == 0`,
        `  and sum without (type, result, reason) (increase(${votes}[${time.epochs(225)}])) > 0`,
        '  and vigil_signer_keys_loaded > 0',
      ].join('\n');
    },
    summary: 'Signer {{ $labels.instance }} signs no votes any more',
    description:
      'Signer {{ $labels.instance }} has keys and signed votes before, but none in the last two epochs: its clients ask for nothing, or everything is refused.',
  },
  {
    ...of,
    alert: 'VigilSignerKeysDropped',
    severity: 'warning',
    forEpochs: 1,
    expr: () => 'max_over_time(vigil_signer_keys_loaded[1h]) - vigil_signer_keys_loaded > 0',
    summary: 'Signer {{ $labels.instance }} has {{ $value }} keys fewer than before',
    description:
      'Signer {{ $labels.instance }} has {{ $value }} keys fewer than at some time in the last hour.',
  },
  {
    ...of,
    alert: 'VigilSigningSlow',
    severity: 'warning',
    forEpochs: 1,
    expr: () => 'vigil:sign_request_seconds:p99 > 1',
    summary: 'Signer {{ $labels.instance }} takes {{ $value | humanizeDuration }} for a signature',
    description:
      'One of 100 requests for blocks and votes takes {{ $value | humanizeDuration }} or more at {{ $labels.instance }}. A vote has a third of a slot to be made and sent.',
  },
  {
    ...of,
    alert: 'VigilSignRequestsRejected',
    severity: 'warning',
    forEpochs: 1,
    expr: (time) =>
      `round(sum without (type, result) (increase(vigil_signer_sign_requests_total{result="rejected"}[${time.epochs(2)}]))) > 10`,
    summary: '{{ $value }} requests to {{ $labels.instance }} were rejected: {{ $labels.reason }}',
    description:
      'In two epochs {{ $labels.instance }} rejected {{ $value }} sign requests ({{ $labels.reason }}): malformed, of another network, or for keys that it does not have.',
  },
  {
    ...of,
    alert: 'VigilAccessDenied',
    severity: 'warning',
    forEpochs: 0,
    expr: () => `round(increase(vigil_signer_access_denied_total[${HELD}])) > 5`,
    summary: 'Signer {{ $labels.instance }} denied {{ $value }} requests to {{ $labels.action }}',
    description:
      'Client "{{ $labels.client }}" (empty: without credentials) was denied {{ $labels.action }} at {{ $labels.instance }} {{ $value }} times in half an hour.',
  },
  {
    ...of,
    alert: 'VigilRateLimited',
    severity: 'warning',
    forEpochs: 0,
    expr: () => `round(increase(vigil_signer_rate_limited_total[${HELD}])) > 0`,
    summary: 'Signer {{ $labels.instance }} turned {{ $value }} requests away',
    description:
      'Client "{{ $labels.client }}" (empty: limited by its address) sent more than it may to {{ $labels.instance }}; {{ $value }} requests were answered with 429. If they were for duties, those duties were late.',
  },
  {
    ...of,
    alert: 'VigilConnectionsClosed',
    severity: 'warning',
    forEpochs: 1,
    expr: (time) => `round(increase(vigil_signer_connections_closed_total[${time.epochs(1)}])) > 10`,
    summary: 'Signer {{ $labels.instance }} closed {{ $value }} connections: {{ $labels.reason }}',
    description:
      'Signer {{ $labels.instance }} closed {{ $value }} connections in an epoch to keep room for others ({{ $labels.reason }}): somebody opens more than a validator client does.',
  },
  {
    ...of,
    alert: 'VigilSignerReloadFailed',
    severity: 'warning',
    forEpochs: 0,
    expr: () =>
      `increase(vigil_access_reload_failures_total[${HELD}]) + increase(vigil_tls_reload_failures_total[${HELD}]) > 0`,
    summary: 'Signer {{ $labels.instance }} could not use a changed access or TLS file',
    description:
      'Signer {{ $labels.instance }} could not use an access file or TLS files that changed. Those before stay in force, so a client that was locked out is not.',
  },
  {
    ...of,
    alert: 'VigilCertificateExpiring',
    severity: 'warning',
    forEpochs: 0,
    expr: () => `vigil_tls_certificate_expiry_timestamp_seconds - time() < ${14 * DAY}`,
    summary:
      'A certificate of {{ $labels.instance }} ({{ $labels.certificate }}) expires in {{ $value | humanizeDuration }}',
    description:
      'The certificate in force as {{ $labels.certificate }} at {{ $labels.instance }} expires in {{ $value | humanizeDuration }}. Then no client connects.',
  },
  {
    ...of,
    alert: 'VigilCertificateAboutToExpire',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `vigil_tls_certificate_expiry_timestamp_seconds - time() < ${DAY}`,
    summary:
      'A certificate of {{ $labels.instance }} ({{ $labels.certificate }}) expires in {{ $value | humanizeDuration }}',
    description:
      'The certificate in force as {{ $labels.certificate }} at {{ $labels.instance }} expires within a day, or has expired. Then no client connects and nothing is signed.',
  },
];
