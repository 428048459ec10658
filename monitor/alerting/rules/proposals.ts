import { HELD, type AlertRule } from '../rule.ts';

const of = { area: 'validators', of: 'monitor', forEpochs: 0 } as const;

const proposals = (result: string, stage: string): string =>
  `increase(vigil_monitor_proposals_total{result="${result}",stage="${stage}"}[${HELD}]) > 0`;

export const PROPOSAL_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilProposalMissedHead',
    severity: 'warning',
    expr: () => proposals('missed', 'head'),
    summary: 'A proposal of group {{ $labels.group }} seems to be missed',
    description:
      'A slot in which a validator of group {{ $labels.group }} had to propose is empty at the head. It may still turn out otherwise until it is final.',
  },
  {
    ...of,
    alert: 'VigilProposalMissed',
    severity: 'critical',
    expr: () => proposals('missed', 'final'),
    summary: 'A proposal of group {{ $labels.group }} was missed',
    description:
      'It is final that a validator of group {{ $labels.group }} made no block in a slot that was its own. The income of that block is gone.',
  },
  {
    ...of,
    alert: 'VigilProposalOrphaned',
    severity: 'warning',
    expr: () => proposals('orphaned', 'final'),
    summary: 'A block of group {{ $labels.group }} was left behind',
    description:
      'A validator of group {{ $labels.group }} made a block that was seen and that the chain left behind: as a rule it came too late.',
  },
  {
    ...of,
    alert: 'VigilFeeRecipientMismatch',
    severity: 'critical',
    expr: () => `increase(vigil_monitor_fee_recipient_mismatches_total[${HELD}]) > 0`,
    summary: 'A block of group {{ $labels.group }} paid somebody else',
    description:
      'Of a final block of group {{ $labels.group }} nothing is known to have gone to a fee recipient that is configured, nor to the withdrawal address.',
  },
  {
    ...of,
    alert: 'VigilProposalUpcoming',
    severity: 'info',
    expr: (time) => `vigil_monitor_proposal_upcoming_seconds < ${time.epochSeconds(2)}`,
    summary: 'Group {{ $labels.group }} proposes in {{ $value | humanizeDuration }}',
    description:
      'A validator of group {{ $labels.group }} proposes a block in {{ $value | humanizeDuration }}. No restarts until then.',
  },
  {
    ...of,
    alert: 'VigilSyncCommitteeUpcoming',
    severity: 'info',
    expr: () => 'vigil_monitor_sync_committee_next > 0',
    summary: '{{ $value }} validators of group {{ $labels.group }} are in the next sync committee',
    description:
      '{{ $value }} validators of group {{ $labels.group }} will be in the next sync committee. Updates that can wait are better done before it begins.',
  },
];
