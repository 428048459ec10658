import { always, m, MONITOR, rising, values, type Scenes } from '../scene.ts';

const group = { group: 'home' };
const labels = { ...MONITOR, ...group };
/** Alerts that count by validators keep how many epochs they counted. */
const inRow = { ...labels, n: '3' };
const missing = m('vigil_monitor_validators_missing_in_row', { ...group, n: '3' });
const active = m('vigil_monitor_validators_active', group);
const network = m('vigil_monitor_network_attestation_missed_ratio');
const finalNetwork = m('vigil_monitor_network_final_attestation_missed_ratio');
const finalMissed = m('vigil_monitor_final_attestation_missed_ratio', group);
const effectiveness = m('vigil_monitor_attestation_effectiveness', group);
const slashed = m('vigil_monitor_validators_slashed_total', group);
const clock = m('vigil_monitor_clock_epoch');
const finalized = m('vigil_monitor_finalized_epoch');
const votes = (result: string): string => m('vigil_monitor_attestations_total', { ...group, result });
const sync = (result: string): string => m('vigil_monitor_sync_contributions_total', { ...group, result });
const status = (to: string): string => m('vigil_monitor_status_changes_total', { ...group, to });
const credentials = m('vigil_monitor_withdrawal_credentials_changes_total', group);
const participation = m('vigil_monitor_sync_network_participation_ratio');

export const VALIDATOR_CASES: Scenes = {
  VigilValidatorSlashed: [
    { series: { [slashed]: values([0, 3], [1, 3]) }, from: 3, labels },
    {
      series: { [m('vigil_monitor_slashing_seen_in_block', group)]: values([0, 3], [1, 3]) },
      from: 3,
      labels,
    },
    { quiet: 'one that was slashed long ago', series: { [slashed]: always(1) }, at: 7 },
    { quiet: 'half an hour later', series: { [slashed]: values([0, 1], [1, 7]) }, at: 7 },
  ],
  VigilValidatorsOffline: [
    {
      series: { [missing]: values([0, 2], [5, 2]), [active]: always(10), [network]: always(0.02) },
      ...{ from: 2, labels, value: '50%' },
    },
    // A network in trouble is no excuse for being worse than it.
    {
      series: { [missing]: values([0, 2], [10, 2]), [active]: always(10), [network]: always(0.6) },
      ...{ from: 2, labels, value: '100%' },
    },
    {
      series: { [missing]: values([0, 2], [5, 2]), [active]: always(10) },
      ...{ from: 2, labels, value: '50%' },
    },
    {
      quiet: 'no worse than the network',
      ...{ series: { [missing]: always(5), [active]: always(10), [network]: always(0.45) }, at: 4 },
    },
    {
      quiet: 'a tenth',
      ...{ series: { [missing]: always(1), [active]: always(10), [network]: always(0) }, at: 4 },
    },
    {
      quiet: 'somebody else is the reason why nothing is known',
      ...{ series: { [missing]: always(5), [active]: always(0), [network]: always(0) }, at: 4 },
    },
  ],
  VigilValidatorMissing: [
    {
      series: { [missing]: values([0, 2], [1, 4]), [network]: always(0.01) },
      ...{ from: 2, labels: inRow, value: '1' },
    },
    { series: { [missing]: values([0, 2], [2, 4]) }, from: 2, labels: inRow, value: '2' },
    { quiet: 'nobody is', series: { [missing]: always(0), [network]: always(0.01) }, at: 5 },
    { quiet: 'the network is in trouble', series: { [missing]: always(1), [network]: always(0.1) }, at: 5 },
    // It came back before anybody was told.
    { quiet: 'for less than an epoch', series: { [missing]: '0x7 1x6 0x20' }, at: 2 },
  ],
  VigilValidatorsLeaking: [
    {
      series: { [missing]: values([0, 2], [2, 2]), [clock]: always(110), [finalized]: always(104) },
      ...{ from: 2, labels: inRow, value: '2' },
    },
    {
      quiet: 'the chain finalises',
      ...{ series: { [missing]: always(2), [clock]: always(110), [finalized]: always(108) }, at: 3 },
    },
    {
      quiet: 'ours vote',
      ...{ series: { [missing]: always(0), [clock]: always(110), [finalized]: always(100) }, at: 3 },
    },
  ],
  VigilWorseThanNetwork: [
    {
      series: {
        ...{ [finalMissed]: values([null, 4], [0.1, 8]), [finalNetwork]: always(0.02, 12) },
        [votes('missed')]: rising(1, 12),
      },
      ...{ from: 4, labels, value: '8%' },
    },
    {
      quiet: 'as the network does',
      series: { [finalMissed]: always(0.1), [finalNetwork]: always(0.09), [votes('missed')]: rising(1) },
      at: 7,
    },
    {
      quiet: 'two votes of a single validator',
      series: {
        [finalMissed]: always(0.2),
        [finalNetwork]: always(0),
        [votes('missed')]: values([0, 4], [2, 4]),
      },
      at: 7,
    },
  ],
  VigilEffectivenessLow: [
    {
      series: { [effectiveness]: values([null, 4], [0.85, 8]), [finalNetwork]: always(0.01, 12) },
      ...{ from: 4, labels, value: '85%' },
    },
    { quiet: 'high', series: { [effectiveness]: always(0.97), [finalNetwork]: always(0.01) }, at: 7 },
    {
      quiet: 'the network is in trouble',
      ...{ series: { [effectiveness]: always(0.5), [finalNetwork]: always(0.08) }, at: 7 },
    },
    // One missed vote of a single validator in 18 epochs.
    {
      quiet: 'a single epoch',
      ...{
        series: { [effectiveness]: values([1, 10], [0, 1], [1, 10]), [finalNetwork]: always(0, 21) },
        at: 20,
      },
    },
  ],
  VigilVotesWrong: [
    {
      series: { [votes('perfect')]: rising(2), [votes('late')]: rising(1), [finalNetwork]: always(0.01) },
      ...{ from: 0.125, labels, value: '33.33%' },
    },
    {
      series: { [votes('perfect')]: rising(1), [votes('wrong_target')]: rising(1) },
      ...{ from: 0.125, labels, value: '50%' },
    },
    { quiet: 'few', series: { [votes('perfect')]: rising(9), [votes('late')]: rising(1) }, at: 6 },
    {
      quiet: 'missed, not wrong',
      series: { [votes('perfect')]: rising(1), [votes('missed')]: rising(1) },
      at: 6,
    },
    {
      quiet: 'unknown does not count',
      ...{
        series: { [votes('unknown')]: rising(5), [votes('late')]: always(0), [votes('perfect')]: always(0) },
        at: 6,
      },
    },
    {
      quiet: 'the network is in trouble',
      series: { [votes('perfect')]: rising(1), [votes('late')]: rising(1), [finalNetwork]: always(0.3) },
      at: 6,
    },
  ],
  VigilSyncParticipationLow: [
    {
      series: { [sync('hit')]: rising(1), [sync('miss')]: rising(1), [participation]: always(0.95) },
      ...{ from: 0.125, labels, value: '50%' },
    },
    {
      quiet: 'as the committee does',
      ...{
        series: { [sync('hit')]: rising(6), [sync('miss')]: rising(4), [participation]: always(0.65) },
        at: 5,
      },
    },
    {
      quiet: 'nobody is in it',
      ...{
        series: { [sync('hit')]: always(70), [sync('miss')]: always(30), [participation]: always(0.95) },
        at: 5,
      },
    },
  ],
  VigilValidatorExiting: [
    {
      series: { [status('active_exiting')]: values([0, 3], [1, 3]) },
      ...{ from: 3, labels: { ...labels, to: 'active_exiting' } },
    },
    {
      series: { [status('exited_unslashed')]: values([0, 3], [1, 3]) },
      ...{ from: 3, labels: { ...labels, to: 'exited_unslashed' } },
    },
    { quiet: 'one begins', series: { [status('active_ongoing')]: values([0, 3], [1, 3]) }, at: 4 },
    { quiet: 'long ago', series: { [status('active_exiting')]: always(1) }, at: 4 },
  ],
  VigilWithdrawalCredentialsChanged: [
    { series: { [credentials]: values([0, 3], [1, 3]) }, from: 3, labels },
    { quiet: 'long ago', series: { [credentials]: always(1) }, at: 4 },
  ],
  VigilWatchedKeysUnknown: [
    {
      series: { [m('vigil_monitor_pending_validators')]: values([0, 1], [2, 228]) },
      ...{ from: 1, labels: MONITOR, value: '2' },
    },
    { quiet: 'all known', series: { [m('vigil_monitor_pending_validators')]: always(0, 240) }, at: 230 },
  ],
};
