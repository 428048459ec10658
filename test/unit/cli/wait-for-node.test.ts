import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitForNode } from '../../../cli/commands/monitor/wait-for-node.ts';

const NO_TRUTH = new Error('no beacon node is a source of truth');

/** How often it waits before it gives up; looking at the nodes takes so long. */
async function waits(checkMs: number, limitMs: number): Promise<number> {
  let count = 0;
  const nodes = { check: () => delay(checkMs) };
  const wait = waitForNode({ nodes, stepMs: 20, limitMs, note: () => undefined });
  while (await wait(NO_TRUTH)) count += 1;
  return count;
}

test('the time in which a node does not answer counts as waiting', async () => {
  // By pauses alone it would be ten.
  const count = await waits(100, 200);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(3);
});
