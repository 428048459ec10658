import { buildThreshold } from './build-threshold.ts';
import { laterThan } from './moments.ts';
import type { Commission, Rate, Threshold } from './pool.ts';
import type { CommissionEntry } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

export function buildCommission(
  entry: CommissionEntry,
  index: number,
  named: (id: string, at: Path) => void,
  complain: Complain,
): Commission {
  const at = ['commission', index];
  named(entry.to, [...at, 'to']);
  const { from, until } = entry;
  if (from !== undefined && until !== undefined && laterThan(until, from) !== true)
    throw complain([...at, 'until'], 'must be later than from, and in the same form');
  return {
    to: entry.to,
    basis: entry.basis ?? 'all',
    of: entry.of ?? 'pool',
    rate: rateOf(entry, complain, at),
    condition: conditionOf(entry, complain, [...at, 'performance']),
    span: { from: from ?? null, to: until ?? null },
  };
}

/** A condition without a threshold would be no condition at all. */
function conditionOf({ performance }: CommissionEntry, complain: Complain, at: Path): Threshold | null {
  if (performance === undefined) return null;
  const threshold = buildThreshold(performance, complain, at);
  if (threshold === null) throw complain(at, 'needs network-minus or at-least');
  return threshold;
}

function rateOf({ rate, tiers }: CommissionEntry, complain: Complain, at: Path): Rate {
  if (rate !== undefined && tiers !== undefined)
    throw complain([...at, 'tiers'], 'and rate exclude each other');
  if (rate !== undefined) return { kind: 'flat', tiers: [{ upToWei: null, bps: rate }] };
  if (tiers === undefined) throw complain(at, 'needs rate or tiers');
  tiers.table.forEach((tier, index) => {
    const here = [...at, 'tiers', 'table', index];
    const last = index === tiers.table.length - 1;
    if (last !== (tier['up-to'] === undefined))
      throw complain(here, last ? 'is the last tier and must have no up-to' : 'needs up-to');
    const before = tiers.table[index - 1]?.['up-to'];
    if (before !== undefined && tier['up-to'] !== undefined && tier['up-to'] <= before)
      throw complain([...here, 'up-to'], 'must be above that of the tier before');
  });
  return {
    kind: tiers.kind,
    tiers: tiers.table.map((tier) => ({ upToWei: tier['up-to'] ?? null, bps: tier.rate })),
  };
}
