import { networkVotes, type VoteCount } from '../../health/index.ts';
import type { AttestationCounts } from '../../store/index.ts';
import type { MonitorView } from '../monitor-view.ts';
import { dayBefore, newestEpoch } from '../query/asked-for.ts';

/** The final votes of the last 24 hours, counted. */
export interface RecentVotes {
  readonly fromEpoch: bigint;
  readonly toEpoch: bigint;
  readonly network: VoteCount | null;
  readonly groups: ReadonlyMap<string, { readonly votes: VoteCount; readonly effectiveness: number | null }>;
  /** Those who missed most, worst first; only who missed at all. */
  readonly worst: readonly { readonly validatorIndex: number; readonly votes: VoteCount }[];
}

const MOST_WORST = 100;

export function recentVotes(view: MonitorView): RecentVotes {
  const toEpoch = newestEpoch(view);
  const range = { from: dayBefore(toEpoch, view), to: toEpoch };
  const { query } = view.store;
  const groups = query.attestationsByGroup(range).rows.map((row) => {
    const { group } = row;
    return [group, { votes: votesOf(row), effectiveness: effectivenessOf(row) }] as const;
  });
  const network = query.network(range, { limit: 10_000 }).rows;
  return {
    fromEpoch: range.from,
    toEpoch,
    network: network.length === 0 ? null : network.map(networkVotes).reduce(sum, { due: 0, missed: 0 }),
    groups: new Map(groups),
    worst: worstOf(view, range),
  };
}

function worstOf(view: MonitorView, range: { readonly from: bigint; readonly to: bigint }) {
  const found: { validatorIndex: number; votes: VoteCount }[] = [];
  let cursor: string | null = null;
  do {
    const page = view.store.query.attestationsByValidator(range, {}, { limit: 10_000, cursor });
    for (const row of page.rows) {
      const votes = votesOf(row);
      if (votes.missed > 0) found.push({ validatorIndex: row.validatorIndex, votes });
    }
    cursor = page.next;
  } while (cursor !== null);
  return found.sort((one, other) => other.votes.missed - one.votes.missed).slice(0, MOST_WORST);
}

/** Without those that are unknown. */
export const votesOf = ({ assigned, results }: AttestationCounts): VoteCount => ({
  due: Number(assigned - results.unknown),
  missed: Number(results.missed),
});

/** Mean of 1 / blocks from vote to inclusion, missed ones 0; null where nothing is known. */
export function effectivenessOf({
  assigned,
  results,
  inverseOptimalDistance,
}: AttestationCounts): number | null {
  const known = assigned - results.unknown;
  if (known === 0n) return null;
  const { numerator, denominator } = inverseOptimalDistance;
  return Number((numerator * 1_000_000n) / (denominator * known)) / 1e6;
}

const sum = (total: VoteCount, votes: VoteCount | null): VoteCount =>
  votes === null ? total : { due: total.due + votes.due, missed: total.missed + votes.missed };
