import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf, payoutsOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, ETH, GWEI, row, rowsOf } from '../../../support/splits-ledger.ts';

/** Minipools and megapools split balances of their own: what one node loses is never taken from another. */
const PEOPLE = [person('one', 1, ''), person('two', 2, ''), person('reth', 3, '')];
const MEGAPOOL = 'megapool: {voters: reth, voters-share: 0, dao: reth, dao-share: 0}\n';
const pool = (preset: string, more = '', rules = '') =>
  poolText(
    PEOPLE,
    `preset: rocket-pool-${preset}\nrounding: floor-to:reth\n${preset === 'megapool' ? MEGAPOOL : ''}${more}`,
    '  - {indices: ["1"], operator: one, bond: 8, fee: 14%}\n' +
      `  - {indices: ["2-3"], operator: two, bond: 16, fee: 7.77%}${rules}`,
  );

/** What a node has of the rewards of one minipool, by the formula of the contracts. */
const nodeOf = (rewards: bigint, bond: bigint, feeBps: bigint): bigint => {
  const capital = (rewards * bond) / 32n;
  return capital + ((rewards - capital) * feeBps) / 10_000n;
};
const paid = (slot: bigint, amountWei: bigint) =>
  [{ slot, amountWei, kind: 'mev', method: 'relay', confidence: 'exact' }] as const;
const ONE_EARNED = 3_333_333n * GWEI + 7_777_777_777_777_777n;
const TWO_EARNED = 1_111_111n * GWEI;
const ROWS = [
  row(1, 2, { ...attested(3_333_333), execution: paid(7300n, 7_777_777_777_777_777n) }),
  row(2, 2, attested(1_111_111)),
  row(3, 2, attested(-500_000)),
];

test('a minipool that lost takes nothing from any other, of whichever node', () => {
  const result = split(pool('minipool'), ROWS);
  const one = nodeOf(ONE_EARNED, 8n, 1400n);
  const two = nodeOf(TWO_EARNED, 16n, 777n);
  expect(one).toBe(3_944_444_326_111_110n);
  expect(payoutsOf(result)).toEqual({
    one,
    two,
    reth: ONE_EARNED + TWO_EARNED - 500_000n * GWEI - one - two,
  });
});

test('a megapool is one balance of its node: it nets with itself, and with nobody else', () => {
  const rows = [ROWS[0]!, row(2, 2, attested(1_000_000)), row(3, 2, attested(-400_000))];
  const { one, two } = payoutsOf(split(pool('megapool'), rows));
  expect(one).toBe(payoutsOf(split(pool('megapool'), [ROWS[0]!, row(2, 2), row(3, 2)]))['one']);
  expect(two).toBe(
    payoutsOf(split(pool('megapool'), [row(1, 2), row(2, 2, attested(600_000)), row(3, 2)]))['two'],
  );
});

test.each(['minipool', 'megapool'])(
  'expenses of a %s pool are borne by the participant of floor-to',
  (preset) => {
    const plain = split(pool(preset), ROWS.slice(0, 2));
    const result = split(
      pool(preset, 'expenses: [{label: Servers, on: 2026-01-02, eth: 0.000001}]'),
      ROWS.slice(0, 2),
    );
    for (const id of ['one', 'two']) expect(lineOf(result, id).payoutWei).toBe(lineOf(plain, id).payoutWei);
    expect(lineOf(result, 'reth').payoutWei).toBe(lineOf(plain, 'reth').payoutWei - 1000n * GWEI);
  },
);

// Node one earns 1000 gwei and is owed 25% of it and 14% of the rest; the others lost more than all of it.
const OWED = nodeOf(1000n * GWEI, 8n, 1400n);
const BAD = [row(1, 2, attested(1000)), row(2, 2, attested(-4000)), row(3, 2)];

test('pro rata: what is missing below what nodes are owed falls on floor-to', () => {
  const result = split(pool('minipool', 'loss: {policy: pro-rata}'), BAD);
  expect(lineOf(result, 'one').payoutWei).toBe(OWED);
  expect(lineOf(result, 'two').closingWei).toBe(0n);
  expect(lineOf(result, 'reth').closingWei).toBe(-3000n * GWEI - OWED);
});

test('high-water mark: it is carried, and made good by what floor-to would have later', () => {
  const rows = [
    ...rowsOf(1, 2, [attested(1000), attested(10_000)]),
    ...rowsOf(2, 2, [attested(-4000), attested(0)]),
    ...rowsOf(3, 2, [attested(0), attested(0)]),
  ];
  const first = split(pool('minipool'), rows);
  expect(lineOf(first, 'one').payoutWei).toBe(OWED);
  expect(first.closing.lossWei).toBe(3000n * GWEI + OWED);
  const second = split(pool('minipool'), rows, '2026-01-03', { opening: first.closing });
  const owed = nodeOf(10_000n * GWEI, 8n, 1400n);
  expect(payoutsOf(second)).toEqual({
    one: owed,
    two: 0n,
    reth: 10_000n * GWEI - owed - 3000n * GWEI - OWED,
  });
  expect(second.closing.lossWei).toBe(0n);
});

test('operator bond first: the bond of the node that lost, not that of another', () => {
  const loss = (bonds: string) => pool('minipool', `loss: {policy: operator-bond-first, bonds: {${bonds}}}`);
  const covered = split(loss('one: 1, two: 0.000003'), BAD);
  expect([...covered.closing.bondUsedWei]).toEqual([['two', 3000n * GWEI]]);
  expect(payoutsOf(covered)).toEqual({ one: OWED, two: 0n, reth: 0n });
  expect(lineOf(covered, 'reth').closingWei).toBe(-OWED);
});

test('slashing lowers the balance of the slashed minipool only, and what a bond made good does not', () => {
  const rows = (slashed: bigint) => [
    row(1, 2, attested(1000)),
    row(2, 2, { ...attested(9000), slashingGwei: slashed }),
    row(3, 2, attested(500)),
  ];
  const without = payoutsOf(split(pool('minipool'), rows(0n)));
  const lost = payoutsOf(split(pool('minipool'), rows(-4000n)));
  expect(lost['one']).toBe(without['one']);
  expect(lost['two']).toBe(nodeOf(5000n * GWEI, 16n, 777n) + nodeOf(500n * GWEI, 16n, 777n));
  const bonded = payoutsOf(split(pool('minipool', 'loss: {bonds: {two: 1}}'), rows(-4000n)));
  expect(bonded).toEqual(without);
});

test('income known later belongs to the minipool that it names, and must name one', () => {
  const adjustment = (more: string) => `adjustments: [{label: Block 5, on: 2026-01-02, eth: 0.5${more}}]`;
  const plain = payoutsOf(split(pool('minipool'), ROWS.slice(0, 2)));
  const result = payoutsOf(split(pool('minipool', adjustment(', validator: 1')), ROWS.slice(0, 2)));
  expect(result['two']).toBe(plain['two']);
  expect(result['one']).toBe(nodeOf(ONE_EARNED + ETH / 2n, 8n, 1400n));
  expect(() => split(pool('minipool', adjustment('')), ROWS)).toThrow('adjustments.0 needs validator');
  expect(() => split(pool('minipool', adjustment(', validator: 9')), ROWS)).toThrow(
    'has no rows in this period',
  );
});

test('whatever others lose, a node has what it has alone; and nothing is lost or made', () => {
  const gwei = fc.integer({ min: -5_000_000, max: 5_000_000 });
  const policy = fc.constantFrom('pro-rata', 'high-water-mark', 'operator-bond-first');
  const preset = fc.constantFrom('minipool', 'megapool');
  fc.assert(
    fc.property(gwei, gwei, gwei, policy, preset, (one, two, three, chosen, of) => {
      const text = pool(of, `loss: {policy: ${chosen}, bonds: {two: 0.001}}`);
      const rows = [row(1, 2, attested(one)), row(2, 2, attested(two)), row(3, 2, attested(three))];
      // splitPeriod itself refuses whatever is not conserved.
      const together = split(text, rows);
      const alone = split(text, [rows[0]!]);
      expect(lineOf(together, 'one').shareWei).toBe(lineOf(alone, 'one').shareWei);
    }),
  );
});

test('a performance policy that these presets would ignore is refused', () => {
  for (const preset of ['minipool', 'megapool', 'smoothing-pool'])
    expect(() => split(pool(preset, 'performance: {action: zero}'), ROWS)).toThrow(
      `performance is not for the preset rocket-pool-${preset}`,
    );
});
