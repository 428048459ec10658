import { formatTable } from '../output/format-table.ts';
import type { ForeignMessages, MonitorAnswers, MonitorOverview, MonitorStatus } from './monitor-answers.ts';

/** Few enough to be read. */
const MOST_UPCOMING = 5;

/** The status of a monitor for people: what is wrong first, then the groups, then who and what next. */
export function describeMonitor(name: string, { status, overview, foreign }: MonitorAnswers): string[] {
  return [
    ...describeFreshness(name, status),
    ...describeForeign(foreign),
    '',
    ...describeGroups(overview),
    ...describeWorst(overview),
    ...describeUpcoming(overview),
  ];
}

function describeFreshness(name: string, status: MonitorStatus): string[] {
  const { clock, head, nodes, tasks, nowMs, pending, watchProblems } = status;
  const age = head === null ? 'not seen yet' : `slot ${head.slot}, ${slots(head.ageSlots)} old`;
  const failing = tasks.filter(({ errors }) => errors > 0);
  return [
    `monitor    ${name}, version ${status.version}, ${status.network}: ${status.healthy ? 'healthy' : 'NOT HEALTHY'}`,
    ...status.problems.map(({ reason, message }) => `           ${reason}: ${message}`),
    `clock      slot ${clock.slot}, epoch ${clock.epoch}`,
    `head       ${age}`,
    `final      epoch ${shown(status.finalizedEpoch)} on chain, written down to ${shown(status.lastFinalEpoch)}` +
      (status.gapEpochs === 0 ? '' : `, ${status.gapEpochs} epochs missing`),
    ...nodes.map(
      ({ name, doubt, headSlot, selected }) =>
        `node       ${name}: ${doubt ?? 'good'}, head ${shown(headSlot)}${selected ? ', asked first' : ''}`,
    ),
    ...failing.map(
      ({ task, errors, lastSuccessMs }) =>
        `task       ${task}: ${errors} failures, last success ${
          lastSuccessMs === null ? 'never' : `${duration((nowMs - lastSuccessMs) / 1000)} ago`
        }`,
    ),
    ...watchProblems.map((problem) => `watching   as before, because ${problem}`),
    ...(pending.count === 0 ? [] : [`pending    ${pending.count} keys that the chain does not know yet`]),
  ];
}

/** Loud: a message that our signer did not sign means that somebody else has the key. */
function describeForeign({ rows, next }: ForeignMessages): string[] {
  if (rows.length === 0) return [];
  return [
    `FOREIGN    ${rows.length}${next === null ? '' : ' or more'} messages on chain that our signer did not sign; the newest:`,
    ...rows.map(
      ({ validatorIndex, kind, slot, action }) =>
        `           validator ${validatorIndex}, ${kind} of slot ${slot}: ${action}`,
    ),
  ];
}

const VERDICTS = {
  well: 'well',
  ours: 'IT IS US',
  everybody: 'it is everybody',
  unknown: '?',
} as const;

function describeGroups({ head, recent, groups }: MonitorOverview): string[] {
  if (groups.length === 0) return ['no validator is watched'];
  const rows = groups.map((each) => [
    each.group,
    `${each.active ?? '?'} of ${each.validators}${(each.slashed ?? 0) === 0 ? '' : `, ${each.slashed} SLASHED`}`,
    each.balanceGwei === null ? '?' : eth(each.balanceGwei),
    missed(each.head),
    missed(each.recent),
    each.effectiveness === null ? '?' : percent(each.effectiveness),
    each.missingInRow === null ? '?' : `${each.missingInRow}`,
    each.syncCurrent === null ? '?' : `${each.syncCurrent} / ${each.syncNext ?? 0}`,
    VERDICTS[each.comparison],
  ]);
  const network = [
    'network',
    ...['', ''],
    missed(head?.network ?? null),
    missed(recent.network),
    ...['', '', '', ''],
  ];
  const epoch = head === null ? 'missed now' : `missed in ${head.epoch}`;
  const header = [
    'group',
    'active',
    'ETH',
    epoch,
    'in 24 h',
    'effective',
    '3 in a row',
    'sync now/next',
    'whose',
  ];
  return formatTable(header, [...rows, network]);
}

function describeWorst({ worst }: MonitorOverview): string[] {
  if (worst.length === 0) return [];
  const rows = worst.map(({ validatorIndex, pubkey, group, missedInRow, recent }) => [
    `${validatorIndex}`,
    `${pubkey.slice(0, 10)}…`,
    group,
    missedInRow === null ? '-' : `${missedInRow}`,
    missed(recent),
  ]);
  return ['', ...formatTable(['validator', 'key', 'group', 'missed in a row', 'missed in 24 h'], rows)];
}

function describeUpcoming({ upcoming }: MonitorOverview): string[] {
  if (upcoming.length === 0) return ['', 'no proposal ahead, as far as is known'];
  const rest = upcoming.length - MOST_UPCOMING;
  return [
    '',
    ...upcoming
      .slice(0, MOST_UPCOMING)
      .map(
        ({ validatorIndex, group, slot, inSeconds }) =>
          `proposal of validator ${validatorIndex} (${group}) at slot ${slot}, in ${duration(inSeconds)}`,
      ),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

const shown = (value: bigint | null): string => value?.toString() ?? '-';
const slots = (count: bigint): string => (count === 1n ? '1 slot' : `${count} slots`);
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)}%`;

/** As a share and in numbers, because one of two is no reason for an alarm. */
function missed(votes: { readonly due: number; readonly missed: number } | null): string {
  if (votes === null || votes.due === 0) return '?';
  return `${percent(votes.missed / votes.due)} (${votes.missed} of ${votes.due})`;
}

/** To four places, cut off. */
function eth(gwei: bigint): string {
  const places = (gwei / 100_000n).toString().padStart(5, '0');
  return `${places.slice(0, -4)}.${places.slice(-4)}`;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
