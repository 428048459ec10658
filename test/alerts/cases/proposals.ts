import { always, m, MONITOR, values, type Scenes } from '../scene.ts';

const group = { group: 'home' };
const labels = { ...MONITOR, ...group };
const proposals = (result: string, stage: string): string =>
  m('vigil_monitor_proposals_total', { ...group, result, stage });
const once = values([0, 3], [1, 3]);
const mismatches = m('vigil_monitor_fee_recipient_mismatches_total', group);
const upcoming = m('vigil_monitor_proposal_upcoming_seconds', group);
const next = m('vigil_monitor_sync_committee_next', group);

export const PROPOSAL_CASES: Scenes = {
  VigilProposalMissedHead: [
    {
      series: { [proposals('missed', 'head')]: once },
      ...{ from: 3, labels: { ...labels, result: 'missed', stage: 'head' } },
    },
    { quiet: 'final', series: { [proposals('missed', 'final')]: once }, at: 4 },
    { quiet: 'included', series: { [proposals('included', 'head')]: once }, at: 4 },
  ],
  VigilFeeRecipientMismatch: [
    { series: { [mismatches]: once }, ...{ from: 3, labels } },
    { quiet: 'never', series: { [mismatches]: always(0) }, at: 4 },
  ],
  VigilProposalMissed: [
    {
      series: { [proposals('missed', 'final')]: once },
      ...{ from: 3, labels: { ...labels, result: 'missed', stage: 'final' } },
    },
    { quiet: 'at the head', series: { [proposals('missed', 'head')]: once }, at: 4 },
    { quiet: 'nobody knows', series: { [proposals('unknown', 'final')]: once }, at: 4 },
  ],
  VigilProposalOrphaned: [
    {
      series: { [proposals('orphaned', 'final')]: once },
      ...{ from: 3, labels: { ...labels, result: 'orphaned', stage: 'final' } },
    },
    { quiet: 'missed', series: { [proposals('missed', 'final')]: once }, at: 4 },
  ],
  VigilProposalUpcoming: [
    { series: { [upcoming]: values([null, 2], [300, 1]) }, from: 2, labels, value: '5m 0s' },
    { quiet: 'not so soon', series: { [upcoming]: always(2000) }, at: 3 },
    { quiet: 'none is known', series: { [next]: always(0) }, at: 3 },
  ],
  VigilSyncCommitteeUpcoming: [
    { series: { [next]: values([0, 2], [2, 1]) }, from: 2, labels, value: '2' },
    { quiet: 'nobody is in it', series: { [next]: always(0) }, at: 3 },
  ],
};
