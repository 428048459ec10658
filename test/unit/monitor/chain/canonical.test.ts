import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slot } from '../../../../core/units.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import { root, toyBlock, toyChain } from '../../../support/monitor-blocks.ts';

const at = (number: number) => slot(BigInt(number));
const viewOf = (from: number, to: number, slots: readonly number[]) =>
  new CanonicalView({ from: at(from), to: at(to), blocks: toyChain(slots) });
const broken = expect.objectContaining({ code: 'MONITOR_CHAIN_BROKEN' }) as Error;
const notCovered = expect.objectContaining({ code: 'MONITOR_CHAIN_NOT_COVERED' }) as Error;

/** Some slots of a range, ascending. */
const someSlots = fc
  .record({
    from: fc.integer({ min: 1, max: 40 }),
    has: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
  })
  .map(({ from, has }) => ({
    from,
    to: from + has.length - 1,
    slots: has.flatMap((each, offset) => (each ? [from + offset] : [])),
  }));

describe('blocks that are no chain', () => {
  it('are refused when one is left out, whichever it is', () => {
    fc.assert(
      fc.property(someSlots, fc.nat(), ({ from, to, slots }, pick) => {
        fc.pre(slots.length >= 3);
        const blocks = toyChain(slots).toSpliced(1 + (pick % (slots.length - 2)), 1);
        expect(() => new CanonicalView({ from: at(from), to: at(to), blocks })).toThrow(broken);
      }),
    );
  });

  it('are refused when the first is not a child of what is known to come before', () => {
    const run = { from: at(8), to: at(12), blocks: toyChain([9, 10]) };
    expect(() => new CanonicalView({ ...run, parentRoot: root(7) })).toThrow(broken);
    expect(new CanonicalView({ ...run, parentRoot: root(0, 'bb') }).rootAt(at(8))).toBe(root(0, 'bb'));
  });

  it.each([
    ['out of order', [10, 9]],
    ['twice the same', [9, 9]],
    ['before the run', [7, 9]],
    ['after the run', [9, 13]],
  ])('are refused %s', (_, slots) => {
    expect(() => viewOf(8, 12, slots)).toThrow(broken);
  });

  it('are refused when a branch goes off in between', () => {
    const blocks = [...toyChain([8, 9]), toyBlock(10, { parentRoot: root(8) })];
    expect(() => new CanonicalView({ from: at(8), to: at(12), blocks })).toThrow(broken);
  });
});

describe('a view of a chain', () => {
  it('knows the root of every slot, the blocks and the empty slots', () => {
    fc.assert(
      fc.property(someSlots, ({ from, to, slots }) => {
        fc.pre(slots.length > 0);
        const view = viewOf(from, to, slots);
        for (let one = from; one <= to; one += 1) {
          const before = slots.filter((each) => each <= one);
          expect(view.rootAt(at(one))).toBe(before.length === 0 ? root(0, 'bb') : root(before.at(-1)!));
          expect(view.blockAt(at(one))?.root ?? null).toBe(slots.includes(one) ? root(one) : null);
          expect(view.firstAfter(at(one))?.root).toBe(
            slots.filter((each) => each > one).map((each) => root(each))[0],
          );
          for (let other = one + 1; other <= to; other += 1) {
            let empty = 0;
            for (let each = one + 1; each < other; each += 1) if (!slots.includes(each)) empty += 1;
            expect(view.emptyBetween(at(one), at(other))).toBe(empty);
          }
        }
      }),
    );
  });

  it('knows the root before its first slot, and none further back or ahead', () => {
    const view = viewOf(8, 12, [10]);
    expect(view.rootAt(at(7))).toBe(root(0, 'bb'));
    expect(view.firstAfter(at(3))?.slot).toBe(10n);
    expect(() => view.rootAt(at(6))).toThrow(notCovered);
    expect(() => view.rootAt(at(13))).toThrow(notCovered);
    expect(() => view.blockAt(at(7))).toThrow(notCovered);
    expect(() => view.emptyBetween(at(9), at(15))).toThrow(notCovered);
    expect(view.within(at(0), at(9))).toEqual([]);
    expect(view.within(at(10), at(20)).map(({ slot: each }) => each)).toEqual([10n]);
  });

  it('without any block knows only what it was told came before', () => {
    expect(() => viewOf(8, 12, []).rootAt(at(9))).toThrow(notCovered);
    const told = new CanonicalView({ from: at(8), to: at(12), blocks: [], parentRoot: root(5) });
    expect(told.rootAt(at(12))).toBe(root(5));
    expect(told.emptyBetween(at(8), at(12))).toBe(3);
    expect(told.firstAfter(at(8))).toBeNull();
  });
});
