import type { SyncStatus } from '../endpoints/node-status.ts';

/** What is known of a node since its last check. */
export interface NodeFacts {
  readonly network: 'unknown' | 'ours' | 'other';
  /** Null when it did not answer the last check, or none was made yet. */
  readonly sync: SyncStatus | null;
  /** Calls in a row that it did not answer, checks included. */
  readonly failuresInRow: number;
  /** Checks in a row at which it was fit. */
  readonly fitInRow: number;
}

/** What a node is measured by. */
export interface Surroundings {
  readonly clockSlot: bigint;
  /** The newest head among the verified ones of our network; null when there is none. */
  readonly bestHead: bigint | null;
  readonly limits: TruthLimits;
}

export interface TruthLimits {
  /** Behind the best of the other nodes. One slot is a block that has just not arrived yet. */
  readonly maxBehindPeers: bigint;
  /** Behind the clock. More than the peers, because the whole chain may miss blocks for a while. */
  readonly maxBehindClock: bigint;
  /** Ahead of the clock: then its clock or ours is wrong, and one cannot tell which. */
  readonly maxAheadOfClock: bigint;
  /** Failures in a row after which it counts as down, until a check says otherwise. */
  readonly maxFailures: number;
  /** Fit checks in a row before a node that was out is used like one that never was. */
  readonly probation: number;
}

export const DEFAULT_LIMITS: TruthLimits = {
  maxBehindPeers: 3n,
  maxBehindClock: 32n,
  maxAheadOfClock: 2n,
  maxFailures: 3,
  probation: 2,
};

export type Doubt =
  'unchecked' | 'unreachable' | 'wrong network' | 'syncing' | 'optimistic' | 'behind' | 'ahead of the clock';

export interface Verdict {
  /** Why it is no source of truth; null when it is one. */
  readonly doubt: Doubt | null;
  /** 0 to 100; 0 for what is no source of truth. */
  readonly score: number;
}

/** Whether to believe a node, and how gladly it is asked. Pure. */
export function judgeNode(facts: NodeFacts, around: Surroundings): Verdict {
  const doubt = doubtOf(facts, around);
  return { doubt, score: doubt === null ? scoreOf(facts, around) : 0 };
}

function doubtOf(
  { network, sync, failuresInRow }: NodeFacts,
  { clockSlot, bestHead, limits }: Surroundings,
): Doubt | null {
  if (network === 'other') return 'wrong network';
  if (failuresInRow >= limits.maxFailures) return 'unreachable';
  if (sync === null) return failuresInRow > 0 ? 'unreachable' : 'unchecked';
  if (network === 'unknown') return 'unchecked';
  if (sync.isOptimistic) return 'optimistic';
  const { headSlot } = sync;
  if (headSlot - clockSlot > limits.maxAheadOfClock) return 'ahead of the clock';
  if (sync.isSyncing) return 'syncing';
  if (clockSlot - headSlot > limits.maxBehindClock) return 'behind';
  if (bestHead !== null && bestHead - headSlot > limits.maxBehindPeers) return 'behind';
  return null;
}

/**
 * Small differences must not move calls to and fro: a node that is one slot behind loses nothing. Among equals the
 * order of the configuration decides, so that the first node gets its calls back when it is well again.
 */
function scoreOf(facts: NodeFacts, { bestHead, limits }: Surroundings): number {
  const { sync, failuresInRow, fitInRow } = facts;
  const behind = bestHead === null || sync === null ? 0n : bestHead - sync.headSlot;
  const lost =
    (behind > 1n ? 10 * Number(behind - 1n) : 0) +
    (sync?.elOffline === true ? 20 : 0) +
    10 * failuresInRow +
    (fitInRow < limits.probation ? 30 : 0);
  return Math.max(1, 100 - lost);
}
