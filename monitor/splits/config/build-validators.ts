import { laterThan } from './moments.ts';
import type { Selector, ValidatorRule } from './pool.ts';
import type { ValidatorsEntry } from './pool-schema.ts';
import type { Complain, Path } from './read-pool-file.ts';

const SELECTORS = ['all', 'tags', 'indices', 'pubkeys'] as const;

export function buildValidators(
  entries: readonly ValidatorsEntry[],
  named: (id: string | undefined, at: Path) => void,
  complain: Complain,
): ValidatorRule[] {
  return entries.map((entry, index) => {
    const at = ['validators', index];
    const { from, to, operator, owners } = entry;
    named(operator, [...at, 'operator']);
    for (const [id, parts] of Object.entries(owners ?? {})) {
      named(id, [...at, 'owners', id]);
      if (parts === 0n) throw complain([...at, 'owners', id], 'owns no part');
    }
    if (from !== undefined && to !== undefined && laterThan(to, from) !== true)
      throw complain([...at, 'to'], 'must be later than from, and in the same form');
    return {
      select: selectorOf(entry, complain, at),
      operator: operator ?? null,
      owners: new Map(Object.entries(owners ?? (operator === undefined ? {} : { [operator]: 1n }))),
      bondWei: entry.bond ?? null,
      feeBps: entry.fee ?? null,
      from: from ?? null,
      to: to ?? null,
    };
  });
}

function selectorOf(entry: ValidatorsEntry, complain: Complain, at: Path): Selector {
  const given = SELECTORS.filter((name) => entry[name] !== undefined && entry[name] !== false);
  if (given.length !== 1) throw complain(at, `needs exactly one of ${SELECTORS.join(', ')}`);
  if (entry.tags !== undefined) return { kind: 'tags', tags: new Set(entry.tags) };
  if (entry.pubkeys !== undefined) return { kind: 'pubkeys', pubkeys: new Set(entry.pubkeys) };
  if (entry.indices !== undefined) return { kind: 'indices', ranges: entry.indices };
  return { kind: 'all' };
}
