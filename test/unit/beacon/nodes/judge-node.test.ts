import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LIMITS,
  judgeNode,
  type NodeFacts,
  type Surroundings,
} from '../../../../beacon/nodes/judge-node.ts';
import type { SyncStatus } from '../../../../beacon/index.ts';
import { slot } from '../../../../core/units.ts';

const CLOCK = 1000n;
const around: Surroundings = { clockSlot: CLOCK, bestHead: CLOCK, limits: DEFAULT_LIMITS };

const sync = (change: Partial<SyncStatus> = {}): SyncStatus => ({
  headSlot: slot(CLOCK),
  syncDistance: 0n,
  isSyncing: false,
  isOptimistic: false,
  elOffline: false,
  ...change,
});

const facts = (change: Partial<NodeFacts> = {}): NodeFacts => ({
  network: 'ours',
  sync: sync(),
  failuresInRow: 0,
  fitInRow: 9,
  ...change,
});

describe('a node is no source of truth', () => {
  it.each([
    ['that was not looked at', facts({ sync: null }), 'unchecked'],
    ['of which the network is not known', facts({ network: 'unknown' }), 'unchecked'],
    ['that did not answer', facts({ sync: null, failuresInRow: 1 }), 'unreachable'],
    ['that fails again and again since', facts({ failuresInRow: 3 }), 'unreachable'],
    ['of another network', facts({ network: 'other' }), 'wrong network'],
    ['that is syncing', facts({ sync: sync({ isSyncing: true }) }), 'syncing'],
    ['that is optimistic', facts({ sync: sync({ isOptimistic: true }) }), 'optimistic'],
    ['behind the others', facts({ sync: sync({ headSlot: slot(CLOCK - 4n) }) }), 'behind'],
    ['ahead of the clock', facts({ sync: sync({ headSlot: slot(CLOCK + 3n) }) }), 'ahead of the clock'],
  ] as const)('%s', (_name, node, doubt) => {
    expect(judgeNode(node, around)).toEqual({ doubt, score: 0 });
  });

  it('behind the clock, even if all of them are', () => {
    const late = (by: bigint) => facts({ sync: sync({ headSlot: slot(CLOCK - by) }) });
    const alone = (by: bigint) => judgeNode(late(by), { ...around, bestHead: CLOCK - by }).doubt;
    expect([alone(32n), alone(33n)]).toEqual([null, 'behind']);
  });
});

describe('of two nodes that are', () => {
  const score = (change: Partial<NodeFacts>) => judgeNode(facts(change), around).score;

  it('one slot is no difference, two are', () => {
    expect(score({ sync: sync({ headSlot: slot(CLOCK - 1n) }) })).toBe(score({}));
    expect(score({ sync: sync({ headSlot: slot(CLOCK - 2n) }) })).toBeLessThan(score({}));
  });

  it.each<[string, Partial<NodeFacts>]>([
    ['whose execution client answers', { sync: sync({ elOffline: true }) }],
    ['that did not just fail', { failuresInRow: 1 }],
    ['that was not away a moment ago', { fitInRow: 1 }],
  ])('the one %s is asked', (_name, worse) => {
    expect(score(worse)).toBeLessThan(score({}));
    expect(score(worse)).toBeGreaterThan(0);
  });
});

it('doubt and score never contradict each other, whatever is known', () => {
  const anySync = fc.record({
    headSlot: fc.bigInt({ min: 0n, max: 1100n }).map(slot),
    syncDistance: fc.bigInt({ min: 0n, max: 2000n }),
    isSyncing: fc.boolean(),
    isOptimistic: fc.boolean(),
    elOffline: fc.boolean(),
  });
  const anyFacts = fc.record({
    network: fc.constantFrom('unknown', 'ours', 'other'),
    sync: fc.option(anySync),
    failuresInRow: fc.nat(9),
    fitInRow: fc.nat(9),
  });
  fc.assert(
    fc.property(anyFacts, fc.option(fc.bigInt({ min: 0n, max: 1002n })), (node, bestHead) => {
      const { doubt, score } = judgeNode(node, { ...around, bestHead });
      expect(doubt === null).toBe(score > 0);
      expect(score).toBeLessThanOrEqual(100);
      if (doubt === null) {
        expect(node).toMatchObject({ network: 'ours', sync: { isSyncing: false, isOptimistic: false } });
        expect(CLOCK - node.sync!.headSlot).toBeLessThanOrEqual(32n);
      }
    }),
  );
});
