import { expect, test } from 'vitest';
import { lineOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, ETH, GWEI, row, rowsOf } from '../../../support/splits-ledger.ts';

const PEOPLE = [person('ann', 1), person('one', 2, 'type: operator'), person('two', 3, 'type: operator')];
const RULES = '  - {indices: ["1"], operator: one}\n  - {indices: ["2"], operator: two}';
const pool = (more: string, rules = RULES): string => poolText(PEOPLE, more, rules);
const OWN =
  'commission: [{to: one, rate: 10%, of: own-validators}, {to: two, rate: 20%, of: own-validators}]\n';
const adjusted = (more: string, eth = '1'): string =>
  `adjustments: [{label: Block 5, on: 2026-01-03, eth: ${eth}${more}}]`;
const held = [
  {
    ...{ slot: 7400n, amountWei: ETH, kind: 'mev', method: 'none', confidence: 'unresolved' },
  } as const,
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
