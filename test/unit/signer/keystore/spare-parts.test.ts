import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spareParts } from '../../../../signer/keystore/cache/spare-parts.ts';

const sets = (things: number): Set<number>[] => spareParts(things).map((part) => new Set(part));

describe('spareParts', () => {
  it('has nothing to tell apart in one thing or none', () => {
    expect([spareParts(0), spareParts(1)]).toEqual([[], []]);
  });

  it('has for any two things a part with the one and without the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), fc.nat(), fc.nat(), (things, a, b) => {
        const [kept, lost] = [a % things, b % things];
        fc.pre(kept !== lost);
        expect(sets(things).some((part) => part.has(kept) && !part.has(lost))).toBe(true);
      }),
    );
  });

  it.each([
    [2, 2],
    [3, 3],
    [4, 4],
    [6, 4],
    [7, 5],
    [20, 6],
    [10_000, 16],
    [100_000, 20],
  ])('%i things take %i parts, each in half of them', (things, parts) => {
    const made = spareParts(things);
    expect(made).toHaveLength(parts);
    const of = new Map<number, number>();
    for (const part of made) {
      expect(new Set(part).size).toBe(part.length);
      for (const thing of part) of.set(thing, (of.get(thing) ?? 0) + 1);
    }
    expect(of.size).toBe(things);
    expect(new Set(of.values())).toEqual(new Set([parts >> 1]));
  });
});
