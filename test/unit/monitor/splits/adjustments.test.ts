import { expect, test } from 'vitest';
import type { ExecutionIncome } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { lineOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, ETH, GWEI, rowsOf } from '../../../support/splits-ledger.ts';

const PEOPLE = [person('ann', 1), person('one', 2, 'type: operator'), person('two', 3, 'type: operator')];
const RULES = '  - {indices: ["1"], operator: one}\n  - {indices: ["2"], operator: two}';
const pool = (more: string, rules = RULES): string => poolText(PEOPLE, more, rules);
const OWN =
  'commission: [{to: one, rate: 10%, of: own-validators}, {to: two, rate: 20%, of: own-validators}]\n';
const adjusted = (more: string, eth = '1'): string =>
  `adjustments: [{label: Block 5, on: 2026-01-03, eth: ${eth}${more}}]`;
const held: ExecutionIncome[] = [
  { slot: 7400n, amountWei: ETH, kind: 'mev', method: 'none', confidence: 'unresolved' },
];
const ROWS = [...rowsOf(1, 2, [{ execution: held }, {}]), ...rowsOf(2, 2, [{}, {}])];

function released(more: string, rows = ROWS) {
  const text = pool(OWN + adjusted(`, from-held: true${more}`));
  const first = split(text, rows, '2026-01-02');
  return split(text, rows, '2026-01-03', { opening: first.closing });
}

test('held income that is released gives its operator the commission, where the validator is named', () => {
  const result = released(', validator: 1');
  expect(lineOf(result, 'one').commissionWei).toBe(ETH / 10n);
  expect(lineOf(result, 'two').commissionWei).toBe(0n);
  expect(result.warnings).toEqual([]);
});

test('without a validator nobody has commission on it, and that is said', () => {
  const result = released('');
  expect(lineOf(result, 'one').commissionWei).toBe(0n);
  expect(result.warnings.join()).toContain('"Block 5" names no validator');
});

test('commission on it is by the rule that was in force on its date', () => {
  const rules =
    '  - {indices: ["2"], operator: two}\n  - {indices: ["1"], to: 2026-01-03, operator: two}\n  - {indices: ["1"], from: 2026-01-03, operator: one}';
  const text = (on: string) =>
    pool(`${OWN}adjustments: [{label: Late, on: ${on}, eth: 1, validator: 1}]`, rules);
  const of = (on: string) => split(text(on), ROWS, '2026-01-02..2026-01-03');
  expect(lineOf(of('2026-01-02'), 'two').commissionWei).toBe(ETH / 5n);
  expect(lineOf(of('2026-01-03'), 'one').commissionWei).toBe(ETH / 10n);
});

test('a validator without rows in the period is refused, with the way out', () => {
  expect(() => split(pool(OWN + adjusted(', validator: 9')), ROWS, '2026-01-03')).toThrow(
    'date it into one in which it has, or leave out validator',
  );
});

const refused = (message: string): unknown =>
  expect.objectContaining({ code: 'SPLIT_IMPOSSIBLE', message: expect.stringContaining(message) as string });
const LONG = [...rowsOf(1, 2, [{}, {}, {}]), ...rowsOf(2, 2, [{}, {}, {}])];

test('an expense and an adjustment that a closed period counted may stay in the file; a new one is refused', () => {
  const text = (more: string) =>
    pool(
      `expenses: [{label: Servers, on: 2026-01-02, eth: 0.5}${more}]\nadjustments: [{label: Late, on: 2026-01-02, eth: 2}]`,
    );
  const first = split(text(''), LONG, '2026-01-02');
  expect(first.totals).toMatchObject({ expensesWei: ETH / 2n, adjustmentsWei: 2n * ETH });
  const second = split(text(''), LONG, '2026-01-03', { opening: first.closing });
  expect(second.totals).toMatchObject({ expensesWei: 0n, adjustmentsWei: 0n });
  const late = ', {label: Power, on: 2026-01-02, eth: 0.1}';
  const message =
    'expenses.1 "Power" is dated 2026-01-02, before 2026-01-04, and no closed period counted it';
  expect(() => split(text(late), LONG, '2026-01-04', { opening: second.closing })).toThrow(refused(message));
  // The same entry once more is not the one that counted.
  const twice = ', {label: Again, on: 2026-01-02, eth: 0.5}';
  expect(() => split(text(twice), LONG, '2026-01-04', { opening: second.closing })).toThrow(
    refused('expenses.1 "Again"'),
  );
});

test('what has counted must stay as it was, but for its name', () => {
  const text = (label: string, eth: string) =>
    pool(`adjustments: [{label: ${label}, on: 2026-01-02, eth: ${eth}}]`);
  const { closing } = split(text('Late', '2'), LONG, '2026-01-02');
  split(text('Block 5', '2'), LONG, '2026-01-03', { opening: closing });
  expect(() => split(text('Late', '3'), LONG, '2026-01-03', { opening: closing })).toThrow(
    refused('adjustments.0 "Late" is dated 2026-01-02'),
  );
});

test('before the first period nothing can have counted', () => {
  expect(() => split(pool('expenses: [{label: Old, on: 2026-01-01, eth: 1}]'), LONG, '2026-01-02')).toThrow(
    refused('date it into this period'),
  );
});

test('where it was not kept what counted, the entries of before are taken for it once', () => {
  const text = (more = '') => pool(`expenses: [{label: Old, on: 2026-01-01, eth: 1}${more}]`);
  const { closing } = split(text(), LONG, '2026-01-02', { opening: { ...EMPTY_STATE, counted: null } });
  expect(closing.counted).toHaveLength(1);
  split(text(), LONG, '2026-01-03', { opening: closing });
  expect(() =>
    split(text(', {label: New, on: 2026-01-01, eth: 2}'), LONG, '2026-01-03', { opening: closing }),
  ).toThrow(refused('expenses.1'));
});

test('the last second of a day is of that day, on a chain of five seconds too', () => {
  const chain = { ...CHAIN, slotDurationMs: 5000n, slotsPerEpoch: 16n };
  const rows = rowsOf(1, 2, [{ startSlot: 17280n, endSlot: 34559n }]);
  const text = poolText(
    [person('ann', 1)],
    'expenses: [{label: Late, on: "2026-01-02T23:59:59Z", eth: 1}]',
    '  - {indices: ["1"]}',
  );
  expect(split(text, rows, '2026-01-02', { chain }).totals.expensesWei).toBe(ETH);
});

const EARNED = [...rowsOf(1, 3, [attested(1000)]), ...rowsOf(2, 3, [attested(3000)])];

test('what a closed period counted too much is taken back, from commissions and shares alike', () => {
  const result = split(pool(OWN + adjusted(', validator: 1', '-0.0000006')), EARNED, '2026-01-03');
  expect(result.totals).toMatchObject({ adjustmentsWei: -600n * GWEI, distributableWei: 3400n * GWEI });
  expect(lineOf(result, 'one').commissionWei).toBe(40n * GWEI);
  expect(lineOf(result, 'two').commissionWei).toBe(600n * GWEI);
  expect(lineOf(result, 'ann').shareWei).toBe(2760n * GWEI);
});

test.each([
  ['high-water-mark', { lossWei: 1000n * GWEI }, 0n],
  ['pro-rata', { lossWei: 0n }, -1000n * GWEI],
])('a correction beyond what was earned is a loss under %s', (policy, closing, balance) => {
  const result = split(pool(`loss: {policy: ${policy}}\n${adjusted('', '-0.000005')}`), EARNED, '2026-01-03');
  expect(result.closing).toMatchObject(closing);
  expect(lineOf(result, 'ann').closingWei).toBe(balance);
  expect(lineOf(result, 'ann').payoutWei).toBe(0n);
});

test.each([
  [adjusted('', '0'), 'adjustments.0.eth must not be zero'],
  [adjusted(', from-held: true', '-1'), 'adjustments.0.eth must be more than zero'],
  [`income: {el: false}\n${adjusted(', basis: el')}`, 'adjustments.0.basis is el, and income.el is false'],
])('refused: %s', (more, message) => {
  expect(() => split(pool(more), EARNED, '2026-01-03')).toThrow(message);
});

test("where only consensus income is the pool's, an adjustment is of it", () => {
  const text = pool(
    `income: {el: false}\ncommission: [{to: one, rate: 10%, basis: cl}]\n${adjusted('', '1')}`,
  );
  expect(lineOf(split(text, EARNED, '2026-01-03'), 'one').commissionWei).toBe((ETH + 4000n * GWEI) / 10n);
});
