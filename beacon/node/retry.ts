import { setTimeout as sleep } from 'node:timers/promises';
import { BeaconFailure, type FailureKind } from './failure.ts';

export interface RetryPolicy {
  /** All tries together, the first included. */
  readonly attempts: number;
  /** The first pause is at most this long, each one after it at most twice the one before. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Trouble that may have passed a moment later; anything else would fail again in the same way. */
const PASSING: readonly FailureKind[] = ['network', 'timeout', 'busy'];

/**
 * Tries again after passing trouble. The pause is random between nothing and its bound, so that the clients of a node
 * that comes back do not come back all at once. Only for requests that change nothing when they arrive twice.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  run: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const passing = error instanceof BeaconFailure && PASSING.includes(error.kind);
      if (!passing || attempt >= policy.attempts) throw error;
      await sleep(jittered(policy, attempt), undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Milliseconds before the try after this one. */
export function jittered({ baseMs, maxMs }: RetryPolicy, attempt: number, random = Math.random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
}
