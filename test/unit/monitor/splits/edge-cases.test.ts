import { expect, test } from 'vitest';
import { sum } from '../../../../monitor/splits/amounts.ts';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { taxLots } from '../../../../monitor/splits/outputs/tax-lots.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { lineOf, payoutsOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import {
  attested,
  duties,
  ETH,
  GWEI,
  MemoryLedger,
  row,
  rowsOf,
  SLOTS_PER_DAY,
} from '../../../support/splits-ledger.ts';

/** What goes wrong in pools, one by one. Amounts are small enough to check in the head. */
const DAY = '2026-01-02';

test('nobody has any weight: everything stays in the pool, nothing is paid, and it is said', () => {
  const result = split(poolText([person('alice', 1, 'stake: [{eth: 0}]')]), [row(7, 2, attested(1000))]);
  expect(result.totals.payoutWei).toBe(0n);
  expect(result.closing.carryWei).toBe(1000n * GWEI);
  expect(result.warnings.join()).toContain('nobody had any weight');
});

test('what stayed in the pool is shared with the next period', () => {
  const text = poolText([person('alice', 1, 'stake: [{eth: 0}, {from: 2026-01-03, eth: 1}]')]);
  const rows = rowsOf(7, 2, [attested(1000), attested(5)]);
  const first = split(text, rows, '2026-01-02');
  const second = split(text, rows, '2026-01-03', { opening: first.closing });
  expect(payoutsOf(second)).toEqual({ alice: 1005n * GWEI });
  expect(second.closing.carryWei).toBe(0n);
});

test('one participant gets everything', () => {
  expect(payoutsOf(split(poolText([person('alice', 1)]), [row(7, 2, attested(999))]))).toEqual({
    alice: 999n * GWEI,
  });
});

test('a period without income pays nobody', () => {
  const result = split(poolText([person('alice', 1)]), [row(7, 2)]);
  expect(payoutsOf(result)).toEqual({ alice: 0n });
});

test('a negative period pays nobody, and is made good first', () => {
  const text = poolText([person('alice', 1)]);
  const rows = rowsOf(7, 2, [attested(-300), attested(1000)]);
  const bad = split(text, rows, '2026-01-02');
  expect(bad.closing.lossWei).toBe(300n * GWEI);
  expect(payoutsOf(bad)).toEqual({ alice: 0n });
  const good = split(text, rows, '2026-01-03', { opening: bad.closing });
  expect(payoutsOf(good)).toEqual({ alice: 700n * GWEI });
  expect(good.totals.lossRecoveredWei).toBe(300n * GWEI);
  expect(good.closing.lossWei).toBe(0n);
});

test('who joins in the middle of a period is weighed by the time: half the stake-time is half the share', () => {
  const text = poolText([
    person('alice', 1, 'stake: [{eth: 10}]'),
    person('bob', 2, 'stake: [{from: 2026-01-03, eth: 20}]'),
  ]);
  const rows = rowsOf(7, 2, [attested(500), attested(500)]);
  expect(payoutsOf(split(text, rows, '2026-01-02..2026-01-03'))).toEqual({
    alice: 500n * GWEI,
    bob: 500n * GWEI,
  });
});

test('who leaves in the middle keeps the share of the time before, to the slot', () => {
  const text = poolText([
    person('alice', 1, 'stake: [{eth: 1}]'),
    person('bob', 2, 'stake: [{eth: 1}, {from: "2026-01-02T06:00:00Z", eth: 0}]'),
  ]);
  const result = split(text, [row(7, 2, attested(1000))]);
  expect(lineOf(result, 'alice').weight).toBe(ETH * SLOTS_PER_DAY);
  expect(lineOf(result, 'bob').weight).toBe((ETH * SLOTS_PER_DAY) / 4n);
  expect(payoutsOf(result)).toEqual({ alice: 800n * GWEI, bob: 200n * GWEI });
});

test('a balance stays with who is no longer in the configuration', () => {
  const both = poolText([person('alice', 1), person('bob', 2)], 'minimum-payout: 1');
  const first = split(both, [row(7, 2, attested(1000))]);
  const second = split(poolText([person('alice', 1)]), [row(7, 3)], '2026-01-03', { opening: first.closing });
  expect(second.closing.accounts.get('bob')).toMatchObject({ balanceWei: 500n * GWEI, paidWei: 0n });
  expect(second.warnings.join()).toContain('bob is not in the configuration');
  const third = split(both.replace('minimum-payout: 1', ''), [row(7, 4)], '2026-01-04', {
    opening: second.closing,
  });
  expect(payoutsOf(third)).toEqual({ alice: 0n, bob: 500n * GWEI });
});

test('a validator that is activated in the middle earns for its time only', () => {
  const text = poolText(
    [person('one', 1, ''), person('two', 2, '')],
    'weights: {by: validators}',
    '  - {indices: ["1"], owners: {one: 1}}\n  - {indices: ["2"], owners: {two: 1}}',
  );
  const rows = [
    ...rowsOf(1, 2, [attested(600), attested(600)]),
    row(2, 3, { openingBalanceGwei: 0n, depositsGwei: 32n * GWEI, ...attested(300) }),
  ];
  const result = split(text, rows, '2026-01-02..2026-01-03');
  expect(payoutsOf(result)).toEqual({ one: 1000n * GWEI, two: 500n * GWEI });
});

test('a consolidation moves capital, not income', () => {
  const text = poolText([person('alice', 1)]);
  const rows = [
    row(1, 2, { ...attested(100), consolidationGwei: -32n * GWEI }),
    row(2, 2, { ...attested(200), consolidationGwei: 32n * GWEI }),
  ];
  expect(split(text, rows).totals.distributableWei).toBe(300n * GWEI);
});

test('deposits and withdrawals are transfers; a full exit changes nothing', () => {
  const rows = [
    row(1, 2, { ...attested(100), withdrawalsFullGwei: 32n * GWEI + 100n }),
    row(2, 2, { ...attested(200), withdrawalsPartialGwei: 5000n, depositsGwei: GWEI }),
  ];
  expect(split(poolText([person('alice', 1)]), rows).totals.distributableWei).toBe(300n * GWEI);
});

test.each([
  ['exclude', 10n * ETH, 0n],
  ['hold', 10n * ETH, 3n * ETH],
  ['lower-bound', 13n * ETH, 0n],
])('an unresolved block under %s', (unresolved, distributable, held) => {
  const block = (slot: bigint, amountWei: bigint, confidence: 'exact' | 'unresolved') =>
    ({ slot, amountWei, kind: 'mev', method: 'relay', confidence }) as const;
  const execution = [block(7300n, 10n * ETH, 'exact'), block(7400n, 3n * ETH, 'unresolved')];
  const result = split(poolText([person('alice', 1)], `income: {unresolved: ${unresolved}}`), [
    row(7, 2, { execution }),
  ]);
  expect(result.totals.distributableWei).toBe(distributable);
  expect(result.closing.heldWei).toBe(held);
});

test('what was held back comes in later, once, and never more than that', () => {
  const execution = [
    { slot: 7400n, amountWei: 3n * ETH, kind: 'mev', method: 'none', confidence: 'unresolved' },
  ] as const;
  const rows = [row(7, 2, { execution }), row(7, 3)];
  const text = (eth: string) =>
    poolText(
      [person('alice', 1)],
      `adjustments: [{label: resolved, on: 2026-01-03, eth: ${eth}, from-held: true}]`,
    );
  const first = split(text('3'), rows, DAY);
  const second = split(text('3'), rows, '2026-01-03', { opening: first.closing });
  expect(payoutsOf(second)).toEqual({ alice: 3n * ETH });
  expect(second.closing.heldWei).toBe(0n);
  expect(() => split(text('3.1'), rows, '2026-01-03', { opening: first.closing })).toThrow('held back');
});

test('payments of builders can be left out', () => {
  const execution = [
    { slot: 7300n, amountWei: 2n * ETH, kind: 'mev', method: 'relay', confidence: 'exact' },
    { slot: 7301n, amountWei: ETH, kind: 'vanilla', method: 'receipts', confidence: 'exact' },
  ] as const;
  const result = split(poolText([person('alice', 1)], 'income: {mev: false}'), [row(7, 2, { execution })]);
  expect(result.totals).toMatchObject({ elWei: ETH, excludedWei: 2n * ETH });
  expect(result.warnings.join()).toContain('2 ETH of execution-layer income is left out');
});

test('a balance below the minimum is carried, and paid with what comes next', () => {
  const text = poolText([person('alice', 1)], 'minimum-payout: 0.0000015');
  const rows = rowsOf(7, 2, [attested(1000), attested(499), attested(1)]);
  const first = split(text, rows, '2026-01-02');
  const second = split(text, rows, '2026-01-03', { opening: first.closing });
  const third = split(text, rows, '2026-01-04', { opening: second.closing });
  expect([first, second, third].map((result) => lineOf(result, 'alice').payoutWei)).toEqual([
    0n,
    0n,
    1500n * GWEI,
  ]);
  expect(lineOf(third, 'alice')).toMatchObject({ openingWei: 1499n * GWEI, closingWei: 0n });
});

test.each([
  ['largest-remainder', { a: 34n, b: 33n, c: 33n }, 0n],
  ['floor-to:c', { a: 33n, b: 33n, c: 34n }, 0n],
  ['carry', { a: 33n, b: 33n, c: 33n }, 1n],
])('a hundred wei among three under %s', (rounding, expected, carry) => {
  const result = split(poolText([person('c', 3), person('a', 1), person('b', 2)], `rounding: ${rounding}`), [
    row(7, 2, {
      execution: [{ slot: 7300n, amountWei: 100n, kind: 'vanilla', method: 'receipts', confidence: 'exact' }],
    }),
  ]);
  expect(payoutsOf(result)).toEqual(expected);
  expect(result.closing.carryWei).toBe(carry);
});

test('performance below the threshold takes weight away, or scales it', () => {
  const text = (action: string) =>
    poolText(
      [person('good', 1, ''), person('poor', 2, '')],
      `weights: {by: validators}\nperformance: {action: ${action}, at-least: 80%}`,
      '  - {indices: ["1"], operator: good}\n  - {indices: ["2"], operator: poor}',
    );
  const rows = [
    row(1, 2, { ...attested(300), duties: duties(100, 100) }),
    row(2, 2, { duties: duties(40, 100) }),
  ];
  expect(payoutsOf(split(text('none'), rows))).toEqual({ good: 150n * GWEI, poor: 150n * GWEI });
  expect(payoutsOf(split(text('zero'), rows))).toEqual({ good: 300n * GWEI, poor: 0n });
  // 40% of 80% is half.
  expect(payoutsOf(split(text('scale'), rows))).toEqual({ good: 200n * GWEI, poor: 100n * GWEI });
});

test('a threshold against a network that is not known is refused', () => {
  const text = poolText([person('alice', 1)], 'performance: {action: zero, network-minus: 3%}');
  expect(() => split(text, [row(7, 2)], DAY, { network: null })).toThrow(
    expect.objectContaining({ code: 'NETWORK_PERFORMANCE_MISSING' }),
  );
});

test('a network that is known on some days only is not known', () => {
  const text = poolText([person('alice', 1)], 'performance: {action: zero, network-minus: 3%}');
  const rows = rowsOf(7, 2, [attested(1), attested(1)]);
  const period = '2026-01-02..2026-01-03';
  expect(split(text, rows, period).totals.payoutWei).toBe(2n * GWEI);
  expect(() => split(text, rows, period, { unknownDays: ['2026-01-03'] })).toThrow(
    expect.objectContaining({ code: 'NETWORK_PERFORMANCE_MISSING' }),
  );
});

test('the order of participants, validators and rows in the inputs does not matter', () => {
  const people = [person('alice', 1), person('bob', 2), person('carol', 3, 'stake: [{eth: 7.5}]')];
  const rows = [row(1, 2, attested(1001)), row(2, 2, attested(702)), row(3, 2, attested(-5))];
  const forward = split(poolText(people), rows);
  const backward = split(poolText([...people].reverse()), [...rows].reverse());
  expect(backward).toEqual(forward);
  expect(sum(Object.values(payoutsOf(forward)))).toBe(1698n * GWEI);
});

test('an expense that was carried is no reward when it is paid in a later period', () => {
  const text = poolText(
    [person('ann', 1), person('ben', 2, '')],
    'minimum-payout: 0.000001\nexpenses: [{label: x, on: 2026-01-02, eth: 0.0000002, to: ben}]\n' +
      'commission: [{to: ben, rate: 50%}]',
  );
  const rows = rowsOf(7, 2, [attested(1000), attested(2000), attested(4000)]);
  const first = split(text, rows, '2026-01-02');
  expect(lineOf(first, 'ben')).toMatchObject({ payoutWei: 0n, repaidWei: 0n, closingWei: 600n * GWEI });
  const second = split(text, rows, '2026-01-03', { opening: first.closing });
  // 200 gwei of the 1600 are the expense of the day before.
  expect(lineOf(second, 'ben')).toMatchObject({ payoutWei: 1600n * GWEI, repaidWei: 200n * GWEI });
  const ledger = new MemoryLedger(rows);
  const [, ben] = taxLots(
    parsePool(text, 'pool.yaml').pool,
    parsePeriod('2026-01-03', ledger.chain),
    ledger.chain,
    second,
    () => null,
  );
  expect(ben?.map(({ amountWei }) => amountWei)).toEqual([1400n * GWEI]);
  const third = split(text, rows, '2026-01-04', { opening: second.closing });
  expect(lineOf(third, 'ben').repaidWei).toBe(0n);
});
