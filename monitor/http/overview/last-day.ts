import type { WatchedValidator } from '../../model/watched-validator.ts';
import type { MonitorView } from '../monitor-view.ts';
import { newestEpoch } from '../query/asked-for.ts';
import { recentVotes, type RecentVotes } from './recent-votes.ts';

/** What a group has, as its validators were last seen. */
export interface Holdings {
  readonly active: number;
  readonly slashed: number;
  readonly balanceGwei: bigint;
}

interface LastDay {
  readonly recent: RecentVotes;
  readonly holdings: ReadonlyMap<string, Holdings | null>;
}

/** It reads all of a day and every validator, and is the same until the next epoch is final. */
const kept = new WeakMap<MonitorView, { readonly key: readonly unknown[]; readonly day: LastDay }>();

export function lastDay(view: MonitorView, watched: readonly WatchedValidator[]): LastDay {
  const key = [watched, newestEpoch(view)];
  const found = kept.get(view);
  if (found?.key.every((part, at) => part === key[at]) === true) return found.day;
  const groups = Map.groupBy(watched, ({ group }) => group);
  const holdings = new Map([...groups].map(([group, members]) => [group, holdingsOf(members, view)]));
  const day = { recent: recentVotes(view), holdings };
  kept.set(view, { key, day });
  return day;
}

/** Null while nobody of them was seen: nothing is known, which is not nothing. */
function holdingsOf(members: readonly WatchedValidator[], view: MonitorView): Holdings | null {
  let seen = false;
  let [active, slashed, balanceGwei] = [0, 0, 0n];
  for (const { index } of members) {
    const status = view.store.statusOf(index);
    if (status === null) continue;
    seen = true;
    if (status.status.startsWith('active_')) active += 1;
    if (status.slashed) slashed += 1;
    balanceGwei += status.balanceGwei;
  }
  return seen ? { active, slashed, balanceGwei } : null;
}
