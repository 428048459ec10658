import { always, m, MONITOR, rising, s, SIGNER, values, type Scenes } from '../scene.ts';

const refused = (reason: string, type = 'ATTESTATION'): string =>
  s('vigil_signer_sign_requests_total', { type, result: 'refused', reason });
const once = values([0, 3], [1, 3]);
const foreign = m('vigil_monitor_foreign_messages_total', { group: 'home', kind: 'attestation' });
const forged = m('vigil_monitor_forged_blocks_total');
const impossible = m('vigil_monitor_impossible_votes_total');
const uncompared = m('vigil_monitor_foreign_uncompared_epochs');
const waiting = m('vigil_monitor_foreign_unjudged_messages');
const accused = m('vigil_monitor_foreign_unsettled_keys');
const unjudged = m('vigil_monitor_foreign_unjudged_age_seconds');
const commit = (le: string, stage = 'commit'): string =>
  s('vigil_signer_stage_seconds_bucket', { stage, le });

const gauge = (name: string): ((value: string) => Record<string, string>) => {
  const series = s(name);
  return (value) => ({ [series]: value });
};
const available = gauge('vigil_guard_available');
const trusted = gauge('vigil_clock_trusted');
const allFrozen = gauge('vigil_signer_all_frozen');
const frozen = gauge('vigil_signer_keys_frozen');
const silent = gauge('vigil_signer_keys_silent');

export const GUARD_CASES: Scenes = {
  VigilSlashableRequest: [
    {
      series: { [refused('DOUBLE_VOTE')]: once, [refused('SURROUND_VOTE')]: always(0) },
      ...{ from: 3, labels: { ...SIGNER, reason: 'DOUBLE_VOTE' } },
    },
    {
      series: {
        [refused('DOUBLE_PROPOSAL', 'BLOCK')]: always(0),
        [refused('DOUBLE_PROPOSAL', 'BLOCK_V2')]: once,
      },
      ...{ from: 3, labels: { ...SIGNER, reason: 'DOUBLE_PROPOSAL' } },
    },
    { quiet: 'a late request', series: { [refused('TARGET_NOT_ABOVE_WATERMARK')]: once }, at: 4 },
    { quiet: 'one of yesterday', series: { [refused('DOUBLE_VOTE')]: always(1) }, at: 4 },
  ],
  VigilForeignSignature: [
    {
      series: { [foreign]: once },
      ...{ from: 3, labels: { ...MONITOR, group: 'home', kind: 'attestation' } },
    },
    { quiet: 'long ago', series: { [foreign]: always(3) }, at: 4 },
  ],
  VigilForeignKeyNotFrozen: [
    { series: { [accused]: values([0, 2], [2, 4]) }, from: 2, labels: MONITOR, value: '2' },
    { quiet: 'all are frozen', series: { [accused]: values([0, 1], [1, 1], [0, 3]) }, at: 3 },
  ],
  VigilForeignWatchBlind: [
    {
      // 1152 s are three epochs.
      series: { [unjudged]: values([0, 2], [1300, 4]), [waiting]: values([0, 2], [7, 4]) },
      ...{ from: 2, labels: MONITOR, value: '7' },
    },
    {
      quiet: 'a signer starts anew',
      series: { [unjudged]: values([0, 2], [300, 1], [0, 3]), [waiting]: values([0, 2], [7, 1], [0, 3]) },
      at: 3,
    },
    { quiet: 'all is judged', series: { [unjudged]: always(0), [waiting]: always(0) }, at: 4 },
  ],
  VigilForeignWatchBehind: [
    { series: { [uncompared]: values([0, 3], [2, 12]) }, from: 7, labels: MONITOR, value: '2' },
    { quiet: 'a backfill that is being compared', series: { [uncompared]: '200-1x160' }, at: 12 },
    {
      quiet: 'every epoch for a moment',
      series: { [uncompared]: Array.from({ length: 12 }, () => values([0, 0.875], [1, 0.125])).join(' ') },
      at: 11,
    },
  ],
  VigilForgedBlock: [
    { series: { [forged]: once }, from: 3, labels: MONITOR },
    { quiet: 'never', series: { [forged]: always(0) }, at: 4 },
  ],
  VigilImpossibleVote: [
    { series: { [impossible]: once }, from: 3, labels: MONITOR },
    { quiet: 'never', series: { [impossible]: always(0) }, at: 4 },
  ],
  VigilGuardUnavailable: [
    { series: available(values([1, 2], [0, 1])), from: 2, labels: SIGNER },
    { quiet: 'it can record', series: available(always(1)), at: 4 },
  ],
  VigilClockUntrusted: [
    { series: trusted(values([1, 2], [0, 1])), from: 2, labels: SIGNER },
    { quiet: 'it is right', series: trusted(always(1)), at: 4 },
  ],
  VigilAllKeysFrozen: [
    { series: allFrozen(values([0, 2], [1, 1])), from: 2, labels: SIGNER },
    { quiet: 'they are not', series: { ...allFrozen(always(0)), ...frozen(always(2)) }, at: 4 },
  ],
  VigilKeysFrozen: [
    { series: frozen(values([0, 2], [2, 1])), from: 2, labels: SIGNER, value: '2' },
    { quiet: 'none is', series: frozen(always(0)), at: 4 },
  ],
  VigilKeysSilent: [
    { series: silent(values([0, 1], [3, 9])), from: 1, labels: SIGNER, value: '3' },
    { quiet: 'two epochs after a start', series: silent(values([0, 1], [3, 3], [0, 9])), at: 9 },
  ],
  VigilKeysRefused: [
    {
      series: { [refused('KEY_DELETED')]: rising(1) },
      ...{ from: 0.125, labels: { ...SIGNER, reason: 'KEY_DELETED' } },
    },
    { quiet: 'frozen has an alert of its own', series: { [refused('KEY_FROZEN')]: rising(1) }, at: 5 },
    { quiet: 'one request', series: { [refused('KEY_DELETED')]: values([0, 2], [1, 6]) }, at: 6 },
  ],
  VigilStaleRequests: [
    {
      series: { [refused('IN_THE_FUTURE')]: rising(10) },
      ...{ from: 0.125, labels: { ...SIGNER, reason: 'IN_THE_FUTURE' }, value: '160' },
    },
    {
      quiet: 'one an epoch',
      series: { [refused('TARGET_NOT_ABOVE_WATERMARK')]: '0x7 1x7 2x7 3x7 4x7 5x7' },
      at: 5,
    },
    { quiet: 'another reason', series: { [refused('DOUBLE_VOTE')]: rising(10) }, at: 5 },
  ],
  VigilFeeRecipientRefused: [
    {
      series: { [refused('POLICY_FEE_RECIPIENT', 'BLOCK_V2')]: once },
      ...{ from: 3, labels: { ...SIGNER, reason: 'POLICY_FEE_RECIPIENT' } },
    },
    { quiet: 'a gas limit', series: { [refused('POLICY_GAS_LIMIT', 'BLOCK_V2')]: once }, at: 4 },
  ],
  VigilPolicyRefused: [
    {
      series: { [refused('POLICY_GAS_LIMIT', 'BLOCK_V2')]: once },
      ...{ from: 3, labels: { ...SIGNER, reason: 'POLICY_GAS_LIMIT' } },
    },
    { quiet: 'a fee recipient', series: { [refused('POLICY_FEE_RECIPIENT', 'BLOCK_V2')]: once }, at: 4 },
    { quiet: 'the guard', series: { [refused('DOUBLE_VOTE')]: once }, at: 4 },
  ],
  VigilCommitSlow: [
    {
      series: { [commit('0.5')]: always(0), [commit('1')]: rising(10), [commit('+Inf')]: rising(10) },
      ...{ from: 0.125, labels: SIGNER, value: '995ms' },
    },
    {
      quiet: 'fast',
      ...{
        series: { [commit('0.5')]: rising(10), [commit('1')]: rising(10), [commit('+Inf')]: rising(10) },
        at: 4,
      },
    },
    {
      quiet: 'another stage',
      series: {
        [commit('0.5', 'bls')]: always(0),
        [commit('1', 'bls')]: rising(10),
        [commit('+Inf', 'bls')]: rising(10),
      },
      at: 4,
    },
  ],
};
