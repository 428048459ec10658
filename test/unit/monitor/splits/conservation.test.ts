import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEth, sum } from '../../../../monitor/splits/amounts.ts';
import { assertConserved } from '../../../../monitor/splits/split/conservation.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import type { SplitResult } from '../../../../monitor/splits/split/split-result.ts';
import { lineOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { GWEI, january, row, SLOTS_PER_DAY } from '../../../support/splits-ledger.ts';

const IDS = ['ann', 'ben', 'cem', 'dora', 'eve'];

/** One period of one day: what three validators did, who takes part with which stake, under which rules. */
const periodOf = (day: number) =>
  fc.record({
    rows: fc.tuple(...[1, 2, 3].map((validator) => rowOf(validator, day))),
    stakes: fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }), {
      minLength: IDS.length,
      maxLength: IDS.length,
    }),
    rounding: fc.constantFrom('largest-remainder', 'carry', 'floor-to:ann'),
    loss: fc.constantFrom('pro-rata', 'high-water-mark', 'operator-bond-first'),
    unresolved: fc.constantFrom('hold', 'exclude', 'lower-bound'),
    commission: fc.integer({ min: 0, max: 5000 }),
    minimum: fc.constantFrom('0', '0.00001', '1'),
    expense: fc.option(fc.constantFrom('0.000003', '0.5'), { nil: null }),
    action: fc.constantFrom('none', 'zero', 'scale'),
    adjustment: fc.option(fc.constantFrom('0.00002', '-0.000007', '-0.5'), { nil: null }),
  });

const rowOf = (validator: number, day: number): fc.Arbitrary<LedgerRow> =>
  fc
    .record({
      attestationGwei: fc.bigInt(-20_000n, 30_000n),
      proposerGwei: fc.constantFrom(0n, 0n, 40_000_000n),
      slashingGwei: fc.constantFrom(0n, 0n, 0n, -9_000_000n),
      amountWei: fc.bigInt(0n, 10n ** 17n),
      confidence: fc.constantFrom('exact', 'unresolved'),
      included: fc.integer({ min: 0, max: 225 }),
    })
    .map(({ amountWei, confidence, included, ...parts }) =>
      row(validator, day, {
        ...parts,
        duties: {
          attestations: { assigned: 225n, included: BigInt(included) },
          proposals: { assigned: 0n, included: 0n },
          sync: { assigned: 0n, included: 0n },
        },
        execution: [
          {
            slot: BigInt(day - 1) * SLOTS_PER_DAY + 5n,
            amountWei,
            kind: 'mev',
            method: 'relay',
            confidence: confidence,
          },
        ],
      }),
    );

type Generated = ReturnType<typeof periodOf> extends fc.Arbitrary<infer T> ? T : never;

function textOf(period: Generated, day: number): string {
  // ann is always there: dust may go to her.
  const people = IDS.flatMap((id, index) => {
    const stake = period.stakes[index] ?? null;
    if (stake === null && id !== 'ann') return [];
    return [person(id, index + 1, `stake: [{eth: ${stake ?? 0}}]`)];
  });
  return poolText(
    people,
    [
      `rounding: ${period.rounding}`,
      `loss: {policy: ${period.loss}, bonds: {ann: 0.005}}`,
      `income: {unresolved: ${period.unresolved}}`,
      `commission: [{to: ann, rate: ${period.commission}, of: own-validators}, {to: ann, rate: 100}]`,
      `minimum-payout: ${period.minimum}`,
      `performance: {action: ${period.action}, at-least: 80%}`,
      ...(period.expense === null
        ? []
        : [
            `expenses: [{label: x, on: ${january(day)}, eth: ${period.expense}, to: ann}, {label: y, on: ${january(day)}, eth: ${period.expense}}]`,
          ]),
      ...(period.adjustment === null
        ? []
        : [`adjustments: [{label: z, on: ${january(day)}, eth: ${period.adjustment}, validator: 1}]`]),
    ].join('\n'),
    '  - {indices: ["1-2"], operator: ann}\n  - {indices: ["3"]}',
  );
}

const kept = (state: PayoutState): bigint =>
  sum([...state.accounts.values()].map(({ balanceWei }) => balanceWei)) +
  state.carryWei +
  state.heldWei -
  state.lossWei;

test('over any sequence of periods nobody makes or loses a wei', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.tuple(periodOf(2), periodOf(3), periodOf(4), periodOf(5)), (periods) => {
      let state: PayoutState = EMPTY_STATE;
      let [incoming, paid, spent, bonds] = [0n, 0n, 0n, 0n];
      periods.forEach((period, index) => {
        const day = index + 2;
        const result = split(textOf(period, day), period.rows, january(day), { opening: state });
        state = result.closing;
        // Counted from the rows, not from what the split says it read.
        for (const line of period.rows) {
          incoming += (line.attestationGwei + line.proposerGwei + line.slashingGwei) * GWEI;
          const [block] = line.execution;
          if (block !== undefined && (block.confidence === 'exact' || period.unresolved !== 'exclude'))
            incoming += block.amountWei;
        }
        incoming += parseEth(period.adjustment ?? '0') ?? 0n;
        paid += result.totals.payoutWei;
        spent += sum(result.expenses.filter(({ to }) => to === null).map(({ amountWei }) => amountWei));
        bonds += result.totals.bondWei;
        for (const line of result.participants) expect(line.payoutWei >= 0n).toBe(true);
      });
      expect(incoming + bonds).toBe(paid + spent + kept(state));
      expect(sum([...state.accounts.values()].map(({ paidWei }) => paidWei))).toBe(paid);
      expect(sum(state.bondUsedWei.values())).toBe(bonds);
      expect(bonds <= 5n * 10n ** 15n).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('more stake never earns less', () => {
  fc.assert(
    fc.property(
      periodOf(2),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      (period, stake, more) => {
        const shareOf = (held: number): bigint => {
          const text = textOf({ ...period, stakes: period.stakes.with(4, held), loss: 'high-water-mark' }, 2);
          return lineOf(split(text, period.rows, january(2)), 'eve').shareWei;
        };
        expect(shareOf(stake + more) >= shareOf(stake)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('a result whose parts do not add up is caught before anything is written', () => {
  const result = split(poolText([person('alice', 1)]), [row(7, 2, { attestationGwei: 10n })]);
  assertConserved(result, EMPTY_STATE);
  const forged: SplitResult = { ...result, closing: { ...result.closing, carryWei: 1n } };
  expect(() => assertConserved(forged, EMPTY_STATE)).toThrow(
    expect.objectContaining({ code: 'SPLIT_NOT_CONSERVED' }),
  );
});
