import type { WatchedValidator } from '../model/watched-validator.ts';
import type { OnChain } from './registry-scan.ts';
import { DEFAULT_GROUP, type WatchEntry } from './watch-entry.ts';

/** One entry of the list with those that it names and the chain knows. */
export interface Named {
  readonly entry: Pick<WatchEntry, 'group' | 'labels' | 'where'>;
  readonly validators: readonly OnChain[];
}

export interface Merged {
  /** By index. */
  readonly watched: readonly WatchedValidator[];
  /** Validators that two entries put into different groups: what a person should know. */
  readonly clashes: readonly string[];
}

/** More than a person reads. */
const MOST_CLASHES = 20;

/** A validator may be named more than once: the first group that is said wins, labels are united. */
export function mergeWatched(named: readonly Named[]): Merged {
  const found = new Map<number, { at: OnChain; group: string | null; where: string; labels: Set<string> }>();
  const clashes: string[] = [];
  for (const { entry, validators } of named) {
    for (const at of validators) {
      const before = found.get(at.index);
      if (before === undefined) {
        found.set(at.index, { at, group: entry.group, where: entry.where, labels: new Set(entry.labels) });
        continue;
      }
      for (const label of entry.labels) before.labels.add(label);
      if (entry.group === null || entry.group === before.group) continue;
      if (before.group === null) {
        before.group = entry.group;
        before.where = entry.where;
        continue;
      }
      if (clashes.length < MOST_CLASHES) {
        clashes.push(
          `validator ${at.index} is in group ${before.group} by ${before.where} and in ${entry.group} by ${entry.where}: the first counts`,
        );
      }
    }
  }
  const watched = [...found.values()]
    .map(({ at, group, labels }) => ({ ...at, group: group ?? DEFAULT_GROUP, labels: [...labels] }))
    .sort((one, other) => one.index - other.index);
  return { watched, clashes };
}
