import type { RecordingRule } from '../rule.ts';

/** Epochs over which shares of votes are counted: two hours on mainnet, so that one vote of a single validator is no trend. */
export const TREND_EPOCHS = 18;

/**
 * Every rule keeps the labels of its target (`without`, never `by`), so that labels that an operator puts on targets get
 * through, and matches across metrics `on (job, instance)`, so that several monitors can share one Prometheus.
 */
export const RECORDED: readonly RecordingRule[] = [
  {
    record: 'vigil:validators_missing:ratio',
    of: 'monitor',
    meaning:
      'Share of active validators of a group whose votes of the last three closed epochs are in no block.',
    expr: () =>
      'sum without (n) (vigil_monitor_validators_missing_in_row{n="3"}) / (vigil_monitor_validators_active > 0)',
  },
  {
    record: 'vigil:votes_wrong:ratio',
    of: 'monitor',
    meaning: `Share of final votes of the last ${TREND_EPOCHS} epochs that are in a block, but late or for another head, target or source.`,
    expr: (time) => {
      const range = time.epochs(TREND_EPOCHS);
      return [
        `sum without (result) (increase(vigil_monitor_attestations_total{result=~"late|wrong_head|wrong_target|wrong_source"}[${range}]))`,
        `  / (sum without (result) (increase(vigil_monitor_attestations_total{result!="unknown"}[${range}])) > 0)`,
      ].join('\n');
    },
  },
  {
    record: 'vigil:sync_participation:ratio',
    of: 'monitor',
    meaning:
      'Share of sync committee duties of the last four final epochs that are in a block; none while nobody has any.',
    expr: (time) => {
      const range = time.epochs(4);
      return [
        `sum without (result) (increase(vigil_monitor_sync_contributions_total{result="hit"}[${range}]))`,
        `  / (sum without (result) (increase(vigil_monitor_sync_contributions_total[${range}])) > 0)`,
      ].join('\n');
    },
  },
  {
    record: 'vigil:finality_distance:epochs',
    of: 'monitor',
    meaning: 'Epochs from the finalized one to that of the clock; two on a chain that is well.',
    expr: () => 'vigil_monitor_clock_epoch - vigil_monitor_finalized_epoch',
  },
  {
    record: 'vigil:beacon_failures:ratio',
    of: 'monitor',
    meaning: 'Share of requests to a beacon node in the last two epochs that gave nothing.',
    expr: (time) => {
      const range = time.epochs(2);
      return [
        `sum without (endpoint, kind) (increase(vigil_beacon_request_failures_total[${range}]))`,
        `  / (sum without (endpoint) (increase(vigil_beacon_requests_total[${range}])) > 0)`,
      ].join('\n');
    },
  },
  {
    record: 'vigil:beacon_request_seconds:p90',
    of: 'monitor',
    meaning:
      'Time in which nine of ten requests to a beacon node of the last two epochs were answered; the event stream, which waits, left out.',
    expr: (time) =>
      `histogram_quantile(0.9, sum without (endpoint) (rate(vigil_beacon_request_seconds_bucket{endpoint!="eventstream"}[${time.epochs(2)}])))`,
  },
  {
    record: 'vigil:sign_request_seconds:p99',
    of: 'signer',
    meaning: 'Time in which 99 of 100 requests for blocks and votes of the last two epochs were answered.',
    expr: (time) =>
      `histogram_quantile(0.99, sum without (type) (rate(vigil_signer_sign_request_seconds_bucket{type=~"ATTESTATION|BLOCK|BLOCK_V2"}[${time.epochs(2)}])))`,
  },
  {
    record: 'vigil:commit_seconds:p99',
    of: 'signer',
    meaning: 'Time in which 99 of 100 commits to the slashing database of the last two epochs were durable.',
    expr: (time) =>
      `histogram_quantile(0.99, sum without (stage) (rate(vigil_signer_stage_seconds_bucket{stage="commit"}[${time.epochs(2)}])))`,
  },
];
