import { expect, test } from 'vitest';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { encodeState, stateSchema } from '../../../../monitor/splits/payouts/state-json.ts';
import { lineOf, payoutsOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, ETH, GWEI, january, row, rowsOf } from '../../../support/splits-ledger.ts';

const PEOPLE = [
  person('alice', 1, 'stake: [{eth: 30}]'),
  person('bob', 2, 'stake: [{eth: 10}]'),
  person('node', 3, 'stake: []'),
];
const RUN_BY_NODE = '  - {tags: [pool], operator: node}';
const pool = (loss: string, more = '') => poolText(PEOPLE, `loss: {${loss}}\n${more}`, RUN_BY_NODE);
const SLASHED = row(7, 2, { ...attested(1000), slashingGwei: -3000n });

test('slashing has lines of its own, by operator', () => {
  const result = split(pool('policy: pro-rata, bonds: {node: 0.000002}'), [SLASHED, row(8, 2)]);
  expect(result.slashing).toEqual([
    {
      operator: 'node',
      validators: [7n],
      lossWei: 3000n * GWEI,
      bondWei: 2000n * GWEI,
      restWei: 1000n * GWEI,
    },
  ]);
  expect(result.totals).toMatchObject({ clWei: 1000n * GWEI, slashingWei: -3000n * GWEI });
});

test('a bond that is large enough leaves the stakers untouched', () => {
  const result = split(pool('policy: pro-rata, bonds: {node: 1}'), [SLASHED]);
  expect(payoutsOf(result)).toEqual({ alice: 750n * GWEI, bob: 250n * GWEI, node: 0n });
  expect(result.closing.bondUsedWei.get('node')).toBe(3000n * GWEI);
});

test('a bond is used up once, over all periods', () => {
  const text = pool('policy: high-water-mark, bonds: {node: 0.000004}');
  const rows = rowsOf(7, 2, [{ slashingGwei: -3000n }, { slashingGwei: -3000n }]);
  const first = split(text, rows, '2026-01-02');
  const second = split(text, rows, '2026-01-03', { opening: first.closing });
  expect(second.slashing[0]).toMatchObject({ bondWei: 1000n * GWEI, restWei: 2000n * GWEI });
  expect(second.closing.lossWei).toBe(2000n * GWEI);
});

test('the bond of one operator does not answer for the slashing of another', () => {
  const rules = '  - {indices: ["7"], operator: node}\n  - {indices: ["8"], operator: bob}';
  const text = poolText(PEOPLE, 'loss: {policy: high-water-mark, bonds: {bob: 1}}', rules);
  const result = split(text, [SLASHED, row(8, 2)]);
  expect(result.totals.bondWei).toBe(0n);
  expect(result.closing.lossWei).toBe(2000n * GWEI);
});

test('pro rata: a loss lowers balances by weight, and later payouts make up for it', () => {
  const text = pool('policy: pro-rata');
  const rows = rowsOf(7, 2, [attested(-400), attested(1000)]);
  const bad = split(text, rows, '2026-01-02');
  expect(lineOf(bad, 'alice')).toMatchObject({
    shareWei: -300n * GWEI,
    payoutWei: 0n,
    closingWei: -300n * GWEI,
  });
  const good = split(text, rows, '2026-01-03', { opening: bad.closing });
  expect(payoutsOf(good)).toEqual({ alice: 450n * GWEI, bob: 150n * GWEI, node: 0n });
});

test('operator bond first: ordinary losses too, from all bonds as far as they go', () => {
  const text = pool('policy: operator-bond-first, bonds: {node: 0.0000003, bob: 0.0000001}');
  const covered = split(text, [row(7, 2, attested(-200))]);
  expect(covered.closing.bondUsedWei).toEqual(
    new Map([
      ['bob', 50n * GWEI],
      ['node', 150n * GWEI],
    ]),
  );
  expect(lineOf(covered, 'alice').shareWei).toBe(0n);
  const beyond = split(text, [row(7, 2, attested(-800))]);
  expect(beyond.totals.bondWei).toBe(400n * GWEI);
  expect(lineOf(beyond, 'alice').shareWei).toBe(-300n * GWEI);
});

test('high-water mark: nobody earns, commission included, until the loss is made good', () => {
  const text = pool('policy: high-water-mark', 'commission: [{to: node, rate: 10%}]');
  const rows = rowsOf(7, 2, [attested(-500), attested(300), attested(300)]);
  const first = split(text, rows, '2026-01-02');
  const second = split(text, rows, '2026-01-03', { opening: first.closing });
  const third = split(text, rows, '2026-01-04', { opening: second.closing });
  expect([first, second, third].map(({ closing }) => closing.lossWei / GWEI)).toEqual([500n, 200n, 0n]);
  expect(lineOf(second, 'node').commissionWei).toBe(0n);
  expect(lineOf(third, 'node').commissionWei).toBe(10n * GWEI);
  expect(third.totals.distributableWei).toBe(100n * GWEI);
});

test('a mark that was set stays when the policy changes', () => {
  const rows = rowsOf(7, 2, [attested(-500), attested(600)]);
  const first = split(pool('policy: high-water-mark'), rows, '2026-01-02');
  const second = split(pool('policy: pro-rata'), rows, '2026-01-03', { opening: first.closing });
  expect(second.totals.distributableWei).toBe(100n * GWEI);
});

test('floors of a loss are floors of its amount: dust goes where dust goes', () => {
  const text = poolText(
    [person('a', 1), person('b', 2), person('c', 3)],
    'loss: {policy: pro-rata}\nrounding: carry',
  );
  const result = split(text, [row(7, 2, attested(-1))]);
  expect(result.participants.map(({ shareWei }) => shareWei)).toEqual([
    -333333333n,
    -333333333n,
    -333333333n,
  ]);
  expect(result.closing.carryWei).toBe(-1n);
});

test('the bond never covers more than there is', () => {
  const result = split(pool('policy: operator-bond-first, bonds: {node: 32}'), [
    row(7, 2, { slashingGwei: -32n * GWEI }),
  ]);
  expect(result.totals).toMatchObject({ bondWei: 32n * ETH, netWei: 0n, distributableWei: 0n });
});

test('lots by accrual are never more than what there was: a loss comes off those that follow', () => {
  const text = poolText([person('ann', 1)], 'loss: {policy: pro-rata}\ntax: {basis: accrual}');
  const rows = rowsOf(7, 2, [attested(5000), attested(-3000), attested(1000), attested(4000)]);
  let opening = EMPTY_STATE;
  const accrued = [2, 3, 4, 5].map((day) => {
    const result = split(text, rows, january(day), { opening });
    opening = stateSchema.parse(JSON.parse(JSON.stringify(encodeState(result.closing))));
    return lineOf(result, 'ann').accruedWei / GWEI;
  });
  expect(accrued).toEqual([5000n, 0n, 0n, 2000n]);
  expect(opening.accounts.get('ann')?.paidWei).toBe(7000n * GWEI);
  expect(opening.accounts.get('ann')?.taxLossWei).toBeUndefined();
});

test('expenses above the income are said to be a loss', () => {
  const text = (eth: string) =>
    poolText([person('ann', 1)], `expenses: [{label: Servers, on: 2026-01-02, eth: ${eth}, to: ann}]`);
  const rows = rowsOf(7, 2, [attested(5000)]);
  expect(split(text('0.000006'), rows).warnings.join()).toContain(
    'expenses of 0.000006 ETH are more than the income of 0.000005 ETH',
  );
  expect(split(text('0.000005'), rows).warnings).toEqual([]);
});
