import type { Logger } from '../../core/log/logger.ts';

const INTERVAL_MS = 5000;

/** Keys done, of how many, how many of these were opened one by one. */
export type OnLoadProgress = (done: number, total: number, cold: number) => void;

/**
 * Opening scrypt keystores takes a second each; an operator who waits wants to see that it goes on: with the first
 * keystore, the last, and now and then in between, with what is left at the pace so far.
 */
export function logLoadProgress(log: Logger, now: () => number = Date.now): OnLoadProgress {
  let last = 0;
  let coldSince: number | null = null;
  return (done, total, cold) => {
    // Those out of the cache come a thousand at a time, and say nothing of how long the others take.
    if (cold > 0) coldSince ??= now();
    if (done !== total && now() - last < INTERVAL_MS) return;
    last = now();
    const left = secondsLeft(done, total, cold, coldSince === null ? 0 : now() - coldSince);
    log.info({ done, total, ...(left === null ? {} : { secondsLeft: left }) }, 'opening keystores');
  };
}

/**
 * Several that open keystores at the same time, told of as one.
 * @returns makes the part of each of them
 */
export function joinProgress(tell: OnLoadProgress): () => OnLoadProgress {
  const parts: (readonly [number, number, number])[] = [];
  const sum = (at: 0 | 1 | 2): number => parts.reduce((all, part) => all + part[at], 0);
  return () => {
    const index = parts.push([0, 0, 0]) - 1;
    return (...counts) => {
      parts[index] = counts;
      if (sum(1) > 0) tell(sum(0), sum(1), sum(2));
    };
  };
}

/** Null while nothing can be said. The first one only starts the watch. */
export function secondsLeft(done: number, total: number, cold: number, coldMs: number): number | null {
  if (cold < 2) return null;
  return Math.round(((total - done) * (coldMs / (cold - 1))) / 1000);
}
