import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Line, type Spot } from '../../../../../signer/http/connections/line.ts';

const valuesOf = <T>(line: Line<T>): T[] => Array.from(line, ({ value }) => value);

it('keeps the order in which things came or were put at the end, whoever leaves in between', () => {
  const act = fc.record({ kind: fc.constantFrom('enter', 'leave', 'append'), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const lines = [new Line<number>(), new Line<number>()] as const;
      const wanted: [number[], number[]] = [[], []];
      const spots: Spot<number>[] = [];
      for (const { kind, which } of acts) {
        const side = which % 2 === 0 ? 0 : 1;
        const spot = spots[which % Math.max(spots.length, 1)];
        if (kind === 'enter' || spot === undefined) {
          wanted[side].push(spots.length);
          spots.push(lines[side].enter(spots.length));
        } else if (kind === 'leave') {
          const stood = wanted[side].includes(spot.value);
          expect(lines[side].leave(spot)).toBe(stood);
          wanted[side] = wanted[side].filter((value) => value !== spot.value);
        } else {
          for (const at of [0, 1] as const) wanted[at] = wanted[at].filter((value) => value !== spot.value);
          lines[side].append(spot);
          wanted[side].push(spot.value);
        }
        expect(lines.map((line) => valuesOf(line))).toEqual(wanted);
      }
    }),
  );
});

it('can be gone through while each that comes up leaves', () => {
  const line = new Line<number>();
  for (const value of [1, 2, 3]) line.enter(value);
  const seen: number[] = [];
  for (const spot of line) {
    seen.push(spot.value);
    line.leave(spot);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(valuesOf(line)).toEqual([]);
});

it('lets whatever left hold on to nothing', () => {
  const line = new Line<number>();
  const [, second] = [line.enter(1), line.enter(2), line.enter(3)];
  expect(line.leave(second)).toBe(true);
  expect(second).toMatchObject({ value: 2, line: null, before: null, after: null });
});
