import { HELD, type AlertRule } from '../rule.ts';
import { TREND_EPOCHS } from './recorded.ts';

/**
 * The network-wide guard of these rules compares with what everybody misses: nobody is blamed for a network in trouble, but
 * whoever is worse off than the network is told, above all while it leaks. What is not known of the network guards nothing.
 */
const NETWORK_MISSED = 'vigil_monitor_network_attestation_missed_ratio';
const NETWORK_MISSED_FINAL = 'vigil_monitor_network_final_attestation_missed_ratio';

const of = { area: 'validators', of: 'monitor' } as const;

export const VALIDATOR_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilValidatorSlashed',
    severity: 'critical',
    forEpochs: 0,
    // The block tells it at once, the counter when it is final; one or the other may be missed by a restart.
    expr: () =>
      `increase(vigil_monitor_validators_slashed_total[${HELD}]) > 0\n  or vigil_monitor_slashing_seen_in_block > 0`,
    summary: 'A validator of group {{ $labels.group }} was slashed',
    description:
      'A block has the slashing of a watched validator of group {{ $labels.group }}. Whatever signed twice may go on and get more keys slashed.',
  },
  {
    ...of,
    alert: 'VigilValidatorsOffline',
    severity: 'critical',
    forEpochs: 0,
    expr: () =>
      [
        `vigil:validators_missing:ratio > on (job, instance) group_left () (${NETWORK_MISSED} + 0.1)`,
        `  or (vigil:validators_missing:ratio > 0.1 unless on (job, instance) ${NETWORK_MISSED})`,
      ].join('\n'),
    summary: '{{ $value | humanizePercentage }} of group {{ $labels.group }} is offline',
    description:
      '{{ $value | humanizePercentage }} of the active validators of group {{ $labels.group }} have no vote in any block for three epochs, more than a tenth above what the whole network misses.',
  },
  {
    ...of,
    alert: 'VigilValidatorMissing',
    severity: 'warning',
    forEpochs: 1,
    expr: () =>
      `vigil_monitor_validators_missing_in_row{n="3"} > 0\n  unless on (job, instance) ${NETWORK_MISSED} >= 0.1`,
    summary: '{{ $value }} validators of group {{ $labels.group }} do not vote',
    description:
      '{{ $value }} validators of group {{ $labels.group }} have no vote in any block for three epochs or more, while the network is well.',
  },
  {
    ...of,
    alert: 'VigilValidatorsLeaking',
    severity: 'critical',
    forEpochs: 0,
    expr: () =>
      'vigil_monitor_validators_missing_in_row{n="3"} > 0\n  and on (job, instance) vigil:finality_distance:epochs > 5',
    summary:
      '{{ $value }} validators of group {{ $labels.group }} do not vote while the chain does not finalise',
    description:
      'The chain does not finalise and {{ $value }} validators of group {{ $labels.group }} do not vote: their inactivity penalty grows with the square of the time.',
  },
  {
    ...of,
    alert: 'VigilWorseThanNetwork',
    severity: 'warning',
    forEpochs: 2,
    expr: (time) => {
      const range = time.epochs(TREND_EPOCHS);
      return [
        `avg_over_time(vigil_monitor_final_attestation_missed_ratio[${range}])`,
        `  - on (job, instance) group_left () avg_over_time(${NETWORK_MISSED_FINAL}[${range}]) > 0.02`,
        // For one validator a single miss is a large share.
        `  and ignoring (result) round(increase(vigil_monitor_attestations_total{result="missed"}[${range}])) >= 3`,
      ].join('\n');
    },
    summary: 'Group {{ $labels.group }} misses {{ $value | humanizePercentage }} more votes than the network',
    description:
      'Over the last 18 final epochs group {{ $labels.group }} missed {{ $value | humanizePercentage }} more of its votes than the whole network did.',
  },
  {
    ...of,
    alert: 'VigilEffectivenessLow',
    severity: 'warning',
    forEpochs: 2,
    expr: (time) => {
      const range = time.epochs(TREND_EPOCHS);
      return [
        `avg_over_time(vigil_monitor_attestation_effectiveness[${range}]) < 0.9`,
        `  unless on (job, instance) avg_over_time(${NETWORK_MISSED_FINAL}[${range}]) > 0.05`,
      ].join('\n');
    },
    summary: 'Votes of group {{ $labels.group }} come late: effectiveness {{ $value | humanizePercentage }}',
    description:
      'Votes of group {{ $labels.group }} were on average not in the first block that could have had them: effectiveness {{ $value | humanizePercentage }} over the last 18 final epochs.',
  },
  {
    ...of,
    alert: 'VigilVotesWrong',
    severity: 'warning',
    forEpochs: 2,
    expr: () => `vigil:votes_wrong:ratio > 0.25\n  unless on (job, instance) ${NETWORK_MISSED_FINAL} > 0.05`,
    summary: '{{ $value | humanizePercentage }} of the votes of group {{ $labels.group }} are late or wrong',
    description:
      '{{ $value | humanizePercentage }} of the votes of group {{ $labels.group }} in the last 18 final epochs are in a block, but too late or for another head, target or source than the chain has.',
  },
  {
    ...of,
    alert: 'VigilSyncParticipationLow',
    severity: 'critical',
    forEpochs: 1,
    expr: () =>
      'vigil:sync_participation:ratio\n  < on (job, instance) group_left () (vigil_monitor_sync_network_participation_ratio - 0.1)',
    summary: 'Group {{ $labels.group }} does {{ $value | humanizePercentage }} of its sync committee duties',
    description:
      'Validators of group {{ $labels.group }} are in the sync committee and do {{ $value | humanizePercentage }} of it, more than a tenth less than the whole committee. Every missed duty costs what a done one earns.',
  },
  {
    ...of,
    alert: 'VigilValidatorExiting',
    severity: 'critical',
    forEpochs: 0,
    expr: () =>
      `increase(vigil_monitor_status_changes_total{to=~"active_exiting|exited_unslashed"}[${HELD}]) > 0`,
    summary: 'A validator of group {{ $labels.group }} is {{ $labels.to }}',
    description:
      'The status of a validator of group {{ $labels.group }} became {{ $labels.to }}. If nobody of yours asked for it, somebody else has the key or the withdrawal address.',
  },
  {
    ...of,
    alert: 'VigilWithdrawalCredentialsChanged',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `increase(vigil_monitor_withdrawal_credentials_changes_total[${HELD}]) > 0`,
    summary: 'The withdrawal credentials of a validator of group {{ $labels.group }} changed',
    description:
      'From now on a validator of group {{ $labels.group }} pays somewhere else, or is of another kind than before. If nobody of yours asked for it, the withdrawal key or address is in other hands.',
  },
  {
    ...of,
    alert: 'VigilWatchedKeysUnknown',
    severity: 'info',
    forEpochs: 225,
    expr: () => 'vigil_monitor_pending_validators > 0',
    summary: '{{ $value }} watched keys are not on the chain',
    description:
      'The chain has not known {{ $value }} of the watched keys for 225 epochs: their deposits were not made or not taken, or the list has a mistake.',
  },
];
