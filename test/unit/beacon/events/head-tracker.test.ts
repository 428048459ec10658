import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainEvent } from '../../../../beacon/index.ts';
import { HeadTracker } from '../../../../beacon/events/head-tracker.ts';
import { epoch, slot, type Root } from '../../../../core/units.ts';
import { rootOf } from '../../../support/beacon-chain-node.ts';

const point = (at: number, kind = 'aa') => ({ slot: slot(BigInt(at)), root: rootOf(at, kind) as Root });
const kinds = (events: readonly ChainEvent[]) => events.map(({ kind }) => kind);

function trackerAt(at: number): HeadTracker {
  const tracker = new HeadTracker();
  tracker.head(point(at));
  return tracker;
}

describe('heads', () => {
  it('begin with a gap, because nothing is known of what was before', () => {
    expect(new HeadTracker().head(point(5))).toEqual([
      { kind: 'gap', after: null, head: point(5) },
      { kind: 'head', head: point(5) },
    ]);
  });

  it('that follow each other are told as they come, each one once', () => {
    const tracker = trackerAt(5);
    expect(tracker.head(point(6))).toEqual([{ kind: 'head', head: point(6) }]);
    expect(tracker.head(point(6))).toEqual([]);
  });

  it('that leave slots out are told with the gap', () => {
    expect(trackerAt(5).head(point(9))).toEqual([
      { kind: 'gap', after: point(5), head: point(9) },
      { kind: 'head', head: point(9) },
    ]);
  });

  it('that leave out empty slots only, by the word of the header, have no gap', () => {
    expect(kinds(trackerAt(5).head({ ...point(9), parentRoot: point(5).root }, true))).toEqual(['head']);
  });

  it.each([
    ['another block of the same slot', point(5, 'bb'), null],
    ['a block on another parent', { ...point(6), parentRoot: rootOf(4) }, null],
    ['the old head being no longer canonical', { ...point(9), parentRoot: rootOf(8) }, false],
    ['a chain that went back, by the word of the node', point(3), false],
  ] as const)('are a reorganisation: %s', (_name, head, canonical) => {
    const events = trackerAt(5).head(head, canonical);
    expect(kinds(events)).toEqual(['reorg', 'gap', 'head']);
    expect(events[0]).toMatchObject({ oldHead: point(5).root, newHead: { root: head.root }, depth: null });
  });

  it('of a node that is a little behind are no reorganisation', () => {
    const tracker = trackerAt(5);
    expect(tracker.head(point(4))).toEqual([]);
    expect(tracker.last).toEqual(point(5));
  });
});

describe('a reorganisation that was streamed', () => {
  const reorg = { kind: 'reorg', depth: 2n, oldHead: point(5).root, newHead: point(6, 'bb') } as const;

  it('brings its head with it, once', () => {
    const tracker = trackerAt(5);
    expect(kinds(tracker.reorg(reorg))).toEqual(['reorg', 'head']);
    expect(tracker.head(point(6, 'bb'))).toEqual([]);
  });

  it('after its head is told alone', () => {
    const tracker = trackerAt(5);
    tracker.head(point(6, 'bb'));
    expect(tracker.reorg(reorg)).toEqual([reorg]);
  });
});

it('finality goes forward, and is told once', () => {
  const tracker = new HeadTracker();
  const finalized = (at: bigint) =>
    ({ kind: 'finalized', epoch: epoch(at), root: rootOf(at) as Root }) as const;
  expect(kinds([0n, 2n, 2n, 1n, 3n].flatMap((at) => tracker.finalized(finalized(at))))).toHaveLength(3);
});

it('whatever the heads, none is skipped without a gap and none is told twice in a row', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.constantFrom('aa', 'bb'))), (heads) => {
      const tracker = new HeadTracker();
      let last: { slot: bigint; root: string } | null = null;
      for (const [at, kind] of heads) {
        const events = tracker.head(point(at, kind));
        const head = events.findLast((event) => event.kind === 'head')?.head;
        if (head === undefined) continue;
        expect(head.root).not.toBe(last?.root);
        const follows = last !== null && head.slot === last.slot + 1n;
        expect(kinds(events).includes('gap')).toBe(!follows);
        last = head;
      }
    }),
  );
});
