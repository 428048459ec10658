import { HELD, type AlertRule } from '../rule.ts';

const of = { area: 'guard', of: 'signer' } as const;

/** Refused requests by reason; the reasons are those of the guard and of the policy (docs/errors.md). */
const refused = (reasons: string, range: string): string =>
  `sum without (type, result) (increase(vigil_signer_sign_requests_total{result="refused",${reasons}}[${range}]))`;

export const GUARD_ALERTS: readonly AlertRule[] = [
  {
    ...of,
    alert: 'VigilSlashableRequest',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `${refused('reason=~"DOUBLE_PROPOSAL|DOUBLE_VOTE|SURROUND_VOTE"', HELD)} > 0`,
    summary: 'The guard of {{ $labels.instance }} refused something slashable: {{ $labels.reason }}',
    description:
      'A client asked {{ $labels.instance }} for a signature that could be slashed ({{ $labels.reason }}). It was refused. As a rule two clients run with one key, and the other one may sign elsewhere.',
  },
  {
    of: 'monitor',
    area: 'guard',
    alert: 'VigilForeignSignature',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `increase(vigil_monitor_foreign_messages_total[${HELD}]) > 0`,
    summary: 'Somebody else signs with a key of group {{ $labels.group }} ({{ $labels.kind }})',
    description:
      'The chain has a message ({{ $labels.kind }}) of a validator of group {{ $labels.group }} that no signer of ours signed. The key is in use elsewhere; the monitor asks the signer to freeze it.',
  },
  {
    of: 'monitor',
    area: 'guard',
    alert: 'VigilForeignKeyNotFrozen',
    severity: 'critical',
    forEpochs: 0,
    expr: () => 'vigil_monitor_foreign_unsettled_keys > 0',
    summary: 'Keys that somebody else signs with are not frozen yet, says monitor {{ $labels.instance }}',
    description:
      '{{ $value }} keys with foreign signatures on chain still sign on our signers: the beacon nodes do not agree on the block, or a signer does not do as it is asked. It lasts until they are frozen.',
  },
  {
    of: 'monitor',
    area: 'guard',
    alert: 'VigilForeignWatchBlind',
    severity: 'warning',
    forEpochs: 1,
    expr: (time) =>
      `vigil_monitor_foreign_unjudged_messages and vigil_monitor_foreign_unjudged_age_seconds > ${time.epochSeconds(3)}`,
    summary: 'Monitor {{ $labels.instance }} cannot ask the signers whose messages are on chain',
    description:
      '{{ $value }} messages on chain wait to be compared with the signers by monitor {{ $labels.instance }}, the oldest for more than three epochs. While a signer gives no answer, nobody notices a key that is used elsewhere.',
  },
  {
    of: 'monitor',
    area: 'guard',
    alert: 'VigilForeignWatchBehind',
    severity: 'warning',
    forEpochs: 4,
    // A backfill brings many at once: what grows less is being worked on.
    expr: (time) => {
      const range = `vigil_monitor_foreign_uncompared_epochs[${time.epochs(4)}]`;
      return `min_over_time(${range}) > 0 and delta(${range}) >= 0`;
    },
    summary: 'Monitor {{ $labels.instance }} does not get on comparing old epochs with the signers',
    description:
      '{{ $value }} epochs or more are written down by monitor {{ $labels.instance }} and not compared with the signers, and they do not become fewer. Nobody notices who else signed in them.',
  },
  {
    of: 'monitor',
    area: 'beacon',
    alert: 'VigilForgedBlock',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `increase(vigil_monitor_forged_blocks_total[${HELD}]) > 0`,
    summary: 'A beacon node of monitor {{ $labels.instance }} gave a block with a wrong signature as ours',
    description:
      'A block that monitor {{ $labels.instance }} was given as that of a watched validator is not signed by it. No honest client keeps one: somebody else answers for the node. Nobody was accused for it.',
  },
  {
    of: 'monitor',
    area: 'beacon',
    alert: 'VigilImpossibleVote',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `increase(vigil_monitor_impossible_votes_total[${HELD}]) > 0`,
    summary: 'A beacon node of monitor {{ $labels.instance }} gave a vote as ours that no block can hold',
    description:
      'A vote that monitor {{ $labels.instance }} was given as that of a watched validator cannot be in a block of this network. Somebody else answers for the node, or it is broken. Nobody was accused for it.',
  },
  {
    ...of,
    alert: 'VigilGuardUnavailable',
    severity: 'critical',
    forEpochs: 0,
    expr: () => 'vigil_guard_available == 0',
    summary: 'The slashing database of {{ $labels.instance }} cannot record: nothing is signed',
    description:
      'The guard of {{ $labels.instance }} refuses everything, because it cannot make anything durable or no longer owns the database.',
  },
  {
    ...of,
    alert: 'VigilClockUntrusted',
    severity: 'critical',
    forEpochs: 0,
    expr: () => 'vigil_clock_trusted == 0',
    summary: 'The clock of {{ $labels.instance }} cannot be trusted: nothing slashable is signed',
    description:
      'The clock of {{ $labels.instance }} ran backwards, jumped, or disagrees with its beacon nodes. No block and no vote is signed until it is right.',
  },
  {
    ...of,
    alert: 'VigilAllKeysFrozen',
    severity: 'critical',
    forEpochs: 0,
    expr: () => 'vigil_signer_all_frozen == 1',
    summary: 'All keys of {{ $labels.instance }} are frozen',
    description:
      'An operator or the circuit breaker froze all keys of {{ $labels.instance }}. None of them signs.',
  },
  {
    ...of,
    alert: 'VigilKeysFrozen',
    severity: 'warning',
    forEpochs: 0,
    expr: () => 'vigil_signer_keys_frozen > 0',
    summary: '{{ $value }} keys of {{ $labels.instance }} are frozen',
    description:
      '{{ $value }} keys of {{ $labels.instance }} are frozen one by one, by an operator or because the chain has a message of theirs that was not signed here.',
  },
  {
    ...of,
    alert: 'VigilKeysSilent',
    severity: 'warning',
    // The watch is two epochs by default and sixteen at most.
    forEpochs: 6,
    expr: () => 'vigil_signer_keys_silent > 0',
    summary: '{{ $value }} keys of {{ $labels.instance }} are still silent',
    description:
      '{{ $value }} keys of {{ $labels.instance }} have been silent for six epochs, because the watch for a second signer does not come to an end.',
  },
  {
    ...of,
    alert: 'VigilKeysRefused',
    severity: 'warning',
    forEpochs: 2,
    expr: (time) =>
      `${refused('reason=~"MISSING_HISTORY|KEY_NOT_ADMITTED|KEY_DELETED|KEY_HANDED_OVER|SOURCE_BELOW_BOOT_FLOOR"', time.epochs(2))} > 0`,
    summary: 'Clients of {{ $labels.instance }} ask for keys that may not sign: {{ $labels.reason }}',
    description:
      'For two epochs clients have asked {{ $labels.instance }} for signatures of keys that may not sign there ({{ $labels.reason }}). Those keys do no duties.',
  },
  {
    ...of,
    alert: 'VigilStaleRequests',
    severity: 'warning',
    forEpochs: 2,
    expr: (time) =>
      `round(${refused('reason=~"BLOCK_NOT_ABOVE_WATERMARK|TARGET_NOT_ABOVE_WATERMARK|SOURCE_AFTER_TARGET|IN_THE_FUTURE|OUT_OF_RANGE"', time.epochs(2))}) > 3`,
    summary: '{{ $value }} requests to {{ $labels.instance }} do not fit the present: {{ $labels.reason }}',
    description:
      'In two epochs {{ $labels.instance }} refused {{ $value }} requests that are for the past or the future, or that no honest client makes ({{ $labels.reason }}).',
  },
  {
    ...of,
    alert: 'VigilFeeRecipientRefused',
    severity: 'critical',
    forEpochs: 0,
    expr: () => `${refused('reason="POLICY_FEE_RECIPIENT"', HELD)} > 0`,
    summary: '{{ $labels.instance }} refused a fee recipient',
    description:
      'A client asked {{ $labels.instance }} to sign a block or a registration that pays an address that the policy does not allow. A block that is refused is a proposal that is missed.',
  },
  {
    ...of,
    alert: 'VigilPolicyRefused',
    severity: 'warning',
    forEpochs: 0,
    expr: () => `${refused('reason=~"POLICY_.+",reason!="POLICY_FEE_RECIPIENT"', HELD)} > 0`,
    summary: 'The policy of {{ $labels.instance }} refused a request: {{ $labels.reason }}',
    description:
      'A client asked {{ $labels.instance }} for something that its policy does not allow ({{ $labels.reason }}).',
  },
  {
    ...of,
    alert: 'VigilCommitSlow',
    severity: 'warning',
    forEpochs: 1,
    expr: () => 'vigil:commit_seconds:p99 > 0.5',
    summary: 'The slashing database of {{ $labels.instance }} takes {{ $value | humanizeDuration }} a commit',
    description:
      'One of 100 commits of {{ $labels.instance }} takes {{ $value | humanizeDuration }} or more until it is on the disk; every signature of a block or vote waits for one.',
  },
];
