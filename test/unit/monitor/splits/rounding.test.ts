import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sum } from '../../../../monitor/splits/amounts.ts';
import { floors, largestRemainder } from '../../../../monitor/splits/rounding.ts';

const amount = fc.bigInt(0n, 10n ** 24n);
const weights = fc.array(fc.oneof(fc.constant(0n), fc.bigInt(1n, 50n), fc.bigInt(1n, 10n ** 26n)), {
  minLength: 1,
  maxLength: 12,
});

test('negative amounts and weights are refused, not divided', () => {
  expect(() => floors(-1n, [1n])).toThrow('negative');
  expect(() => largestRemainder(1n, [1n, -1n])).toThrow('negative');
});

test.each([
  [10n, [1n, 1n, 1n], [4n, 3n, 3n]],
  [11n, [1n, 1n, 1n], [4n, 4n, 3n]],
  [100n, [3n, 3n, 1n], [43n, 43n, 14n]],
  [1n, [1n, 2n], [0n, 1n]],
  [5n, [0n, 7n, 0n], [0n, 5n, 0n]],
])('a hand-made case: %#', (total, over, parts) => {
  expect(largestRemainder(total, over)).toEqual({ parts, rest: 0n });
});

test('without any weight everything is left over', () => {
  expect(largestRemainder(9n, [0n, 0n])).toEqual({ parts: [0n, 0n], rest: 9n });
});

test('no wei is made or lost, and dust is less than one each', () => {
  fc.assert(
    fc.property(amount, weights, (total, over) => {
      for (const rule of [floors, largestRemainder]) {
        const { parts, rest } = rule(total, over);
        expect(sum(parts) + rest).toBe(total);
        if (sum(over) > 0n) expect(rest < BigInt(over.length)).toBe(true);
      }
      if (sum(over) > 0n) expect(largestRemainder(total, over).rest).toBe(0n);
    }),
  );
});

test('a part is its exact quota rounded down or up, and nothing for no weight', () => {
  fc.assert(
    fc.property(amount, weights, (total, over) => {
      fc.pre(sum(over) > 0n);
      largestRemainder(total, over).parts.forEach((part, index) => {
        const floor = (total * over[index]!) / sum(over);
        expect(part === floor || (part === floor + 1n && over[index]! > 0n)).toBe(true);
      });
    }),
  );
});

test('a larger weight never gets less than a smaller one', () => {
  fc.assert(
    fc.property(amount, weights, (total, over) => {
      const { parts } = largestRemainder(total, over);
      for (const [a, weightA] of over.entries())
        for (const [b, weightB] of over.entries())
          if (weightA > weightB) expect(parts[a]! >= parts[b]!).toBe(true);
    }),
  );
});

test('whoever adds weight while the others keep theirs never gets less', () => {
  fc.assert(
    fc.property(amount, weights, fc.nat(11), fc.bigInt(1n, 10n ** 12n), (total, over, at, more) => {
      const index = at % over.length;
      const raised = over.map((weight, position) => (position === index ? weight + more : weight));
      expect(
        largestRemainder(total, raised).parts[index]! >= largestRemainder(total, over).parts[index]!,
      ).toBe(true);
    }),
    { numRuns: 500 },
  );
});
