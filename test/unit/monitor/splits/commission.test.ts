import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sum } from '../../../../monitor/splits/amounts.ts';
import { amountAt } from '../../../../monitor/splits/split/commission.ts';
import type { Rate } from '../../../../monitor/splits/config/pool.ts';
import { lineOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, duties, ETH, GWEI, row, rowsOf } from '../../../support/splits-ledger.ts';

const PEOPLE = [person('alice', 1), person('node', 2, 'stake: []'), person('other', 3, 'stake: []')];
const block = (slot: bigint, amountWei: bigint) =>
  ({ slot, amountWei, kind: 'vanilla', method: 'receipts', confidence: 'exact' }) as const;

/** 900 gwei of consensus income, 100 gwei of execution income. */
const ROW = row(7, 2, { ...attested(900), execution: [block(7300n, 100n * GWEI)] });
const commissionOf = (more: string, rows = [ROW], period?: string, validators?: string) =>
  lineOf(split(poolText(PEOPLE, more, validators), rows, period), 'node').commissionWei / GWEI;

test.each([
  ['all', 100n],
  ['cl', 90n],
  ['el', 10n],
])('ten percent on %s', (basis, expected) => {
  expect(commissionOf(`commission: [{to: node, rate: 10%, basis: ${basis}}]`)).toBe(expected);
});

test('the rest is the stakers', () => {
  const result = split(poolText(PEOPLE, 'commission: [{to: node, rate: 10%}, {to: other, rate: 250}]'), [
    ROW,
  ]);
  expect(lineOf(result, 'alice').payoutWei).toBe(875n * GWEI);
});

test('expenses come before commission, and lower every basis alike', () => {
  const expense = 'expenses: [{label: Rent, on: 2026-01-02, eth: 0.0000005}]';
  expect(commissionOf(`commission: [{to: node, rate: 10%}]\n${expense}`)).toBe(50n);
  expect(commissionOf(`commission: [{to: node, rate: 10%, basis: cl}]\n${expense}`)).toBe(45n);
});

test('an expense of another period is not of this one', () => {
  expect(
    commissionOf('commission: [{to: node, rate: 10%}]\nexpenses: [{label: Rent, on: 2026-01-03, eth: 1}]'),
  ).toBe(100n);
});

test('own validators: only what they earned counts', () => {
  const rules = '  - {indices: ["7"], operator: node}\n  - {indices: ["8"], operator: other}';
  const rows = [row(7, 2, attested(300)), row(8, 2, attested(700))];
  expect(
    commissionOf('commission: [{to: node, rate: 10%, of: own-validators}]', rows, undefined, rules),
  ).toBe(30n);
});

test('a rate that changes within the period counts the income of its own days', () => {
  const rows = rowsOf(7, 2, [attested(100), attested(1000), attested(10_000)]);
  const rate =
    'commission: [{to: node, rate: 10%, until: 2026-01-03}, {to: node, rate: 20%, from: 2026-01-04}]';
  expect(commissionOf(rate, rows, '2026-01-02..2026-01-04')).toBe(10n + 2000n);
});

test('nobody earns a commission on a loss', () => {
  const result = split(poolText(PEOPLE, 'commission: [{to: node, rate: 10%}]'), [row(7, 2, attested(-900))]);
  expect(lineOf(result, 'node').commissionWei).toBe(0n);
});

test('a commission is never taken from more than there is to distribute', () => {
  const rows = [row(7, 2, { ...attested(-900), execution: [block(7300n, 1000n * GWEI)] })];
  expect(commissionOf('commission: [{to: node, rate: 50%, basis: el}]', rows)).toBe(50n);
});

test('commissions that ask for more than there is are lowered in proportion', () => {
  const more = 'commission: [{to: node, rate: 60%, basis: el}, {to: other, rate: 90%, basis: el}]';
  const result = split(poolText(PEOPLE, more), [row(7, 2, { execution: [block(7300n, ETH)] })]);
  expect(result.commission.map(({ amountWei }) => amountWei)).toEqual([(ETH * 2n) / 5n, (ETH * 3n) / 5n]);
  expect(result.commission.map(({ earnedWei }) => earnedWei)).toEqual([(ETH * 6n) / 10n, (ETH * 9n) / 10n]);
});

const OPERATORS = Array.from({ length: 12 }, (_, index) => `op${index}`);
const MANY = poolText(
  [person('alice', 1), ...OPERATORS.map((id, index) => person(id, index + 2, 'type: operator'))],
  `commission:\n${OPERATORS.map((id) => `  - {to: ${id}, rate: 10%, of: own-validators}`).join('\n')}`,
  OPERATORS.map((id, index) => `  - {indices: ["${index}"], operator: ${id}}`).join('\n'),
);

test('where one operator lost nearly all that the others earned, they do not take the rest', () => {
  // Eleven earned 100 each, the twelfth lost 1000: 100 are left.
  const result = split(MANY, [
    ...OPERATORS.slice(1).map((_, index) => row(index + 1, 2, attested(100))),
    row(0, 2, attested(-1000)),
  ]);
  expect(result.totals.distributableWei).toBe(100n * GWEI);
  const commission = sum(result.commission.map(({ amountWei }) => amountWei));
  expect(commission).toBeLessThanOrEqual(10n * GWEI);
  expect(commission).toBeGreaterThan(10n * GWEI - 12n);
  expect(new Set(result.commission.slice(1).map(({ amountWei }) => amountWei)).size).toBe(1);
});

test('whatever is earned and lost, commissions on own validators never take more than their rate of what there is', () => {
  const gwei = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(fc.array(gwei, { minLength: 12, maxLength: 12 }), (earned) => {
      const { totals } = split(
        MANY,
        earned.map((each, index) => row(index, 2, attested(each))),
      );
      const available = totals.distributableWei > 0n ? totals.distributableWei : 0n;
      expect(totals.commissionWei * 10n).toBeLessThanOrEqual(available);
    }),
    { numRuns: 60 },
  );
});

test('a performance that was promised: nothing below it', () => {
  const more = 'commission: [{to: node, rate: 10%, performance: {network-minus: 3%}}]';
  const done = (attestations: number) => [{ ...ROW, duties: duties(attestations, 100) }];
  // The network of the fixture is at 99%.
  expect(commissionOf(more, done(96))).toBe(100n);
  expect(commissionOf(more, done(95))).toBe(0n);
  const line = split(poolText(PEOPLE, more), done(95)).commission[0];
  expect(line?.withheld).toBe('performance 0.950000 is below 0.960000');
});

test.each([
  ['none', 60n],
  ['scale', 45n],
  ['zero', 30n],
])('own validators below the threshold, action %s', (action, expected) => {
  const more = `commission: [{to: node, rate: 10%, of: own-validators}]\nperformance: {action: ${action}, at-least: 80%}`;
  // Two of three are the node's, and one of these did half of what it should.
  const rules = '  - {indices: ["7-8"], operator: node}\n  - {indices: ["9"]}';
  const rows = [7, 8, 9].map((index) =>
    row(index, 2, { ...attested(300), duties: duties(index === 8 ? 40 : 100, 100) }),
  );
  expect(commissionOf(more, rows, undefined, rules)).toBe(expected);
});

test('what own validators lost counts in full, however they performed', () => {
  const more =
    'commission: [{to: node, rate: 10%, of: own-validators}]\nperformance: {action: zero, at-least: 80%}';
  const rules = '  - {indices: ["7-8"], operator: node}';
  const rows = [row(7, 2, attested(500)), row(8, 2, { ...attested(-200), duties: duties(0, 100) })];
  expect(commissionOf(more, rows, undefined, rules)).toBe(30n);
});

test('marginal and flat tiers', () => {
  const tiers = (kind: 'flat' | 'marginal'): Rate => ({
    kind,
    tiers: [
      { upToWei: 10n * ETH, bps: 1000n },
      { upToWei: 20n * ETH, bps: 500n },
      { upToWei: null, bps: 100n },
    ],
  });
  const eth = (kind: 'flat' | 'marginal', base: bigint) => (amountAt(tiers(kind), base * ETH) * 1000n) / ETH;
  expect([5n, 10n, 15n, 20n, 30n].map((base) => eth('marginal', base))).toEqual([
    500n,
    1000n,
    1250n,
    1500n,
    1600n,
  ]);
  expect([5n, 10n, 15n, 20n, 30n].map((base) => eth('flat', base))).toEqual([500n, 1000n, 750n, 1000n, 300n]);
});

test('marginal tiers never fall as the base grows, and never reach above it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(1n, 10n ** 20n), fc.bigInt(0n, 10_000n)), { maxLength: 4 }),
      fc.bigInt(0n, 10_000n),
      fc.bigInt(0n, 10n ** 21n),
      fc.bigInt(0n, 10n ** 18n),
      (steps, last, base, more) => {
        let bound = 0n;
        const tiers = steps.map(([width, bps]) => ({ upToWei: (bound += width), bps }));
        const rate: Rate = { kind: 'marginal', tiers: [...tiers, { upToWei: null, bps: last }] };
        expect(amountAt(rate, base + more) >= amountAt(rate, base)).toBe(true);
        expect(amountAt(rate, base) <= base).toBe(true);
      },
    ),
  );
});

test.each([
  ['from: "2026-01-02T12:00:00Z"', 'commission.1.from is inside the row of validator 7 on 2026-01-02'],
  ['until: "2026-01-03T00:00:30Z"', 'commission.1.until is inside the row of validator 7 on 2026-01-03'],
])('a commission that begins or ends inside a row is refused: %s', (bound, message) => {
  const text = poolText(
    [person('ann', 1)],
    `commission: [{to: ann, rate: 1%}, {to: ann, rate: 10%, ${bound}}]`,
  );
  expect(() => split(text, rowsOf(7, 2, [attested(10), attested(10)]), '2026-01-02..2026-01-03')).toThrow(
    expect.objectContaining({
      code: 'SPLIT_IMPOSSIBLE',
      message: expect.stringMatching(`${message}.*one begins at slot .*use UTC dates`) as string,
    }),
  );
});
