import { setTimeout as delay } from 'node:timers/promises';
import type { BeaconNodes } from '../../../beacon/index.ts';

/** A node that was just started, or that fell behind for a moment, is back within it. */
const LIMIT_MS = 15 * 60_000;

export interface Waiting {
  readonly nodes: Pick<BeaconNodes, 'check'>;
  /** Between two looks. */
  readonly stepMs: number;
  /** What a person is told, once for each reason. */
  readonly note: (line: string) => void;
  readonly limitMs?: number;
}

/**
 * For work that is too long to be given up because the node is behind just now: waits a step and looks at the nodes
 * again, up to a limit in a row.
 * @returns whether it is worth another try
 */
export function waitForNode({ nodes, stepMs, note, limitMs = LIMIT_MS }: Waiting) {
  let [said, lastMs, sinceMs] = ['', -Infinity, 0];
  return async ({ message }: Error): Promise<boolean> => {
    // What went on in between is a new beginning.
    const nowMs = performance.now();
    if (nowMs - lastMs > 2 * stepMs) sinceMs = nowMs;
    // All of it counts, also what looking at a node takes that does not answer.
    const waitedMs = nowMs - sinceMs;
    if (waitedMs >= limitMs) return false;
    if (message !== said)
      note(`${message}; waiting up to ${Math.ceil((limitMs - waitedMs) / 60_000)} minutes ...`);
    said = message;
    await delay(stepMs);
    await nodes.check();
    lastMs = performance.now();
    return true;
  };
}
