import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csmFrame, csmKeys, CSM_DEFAULTS, type CsmKey } from '../../../../monitor/splits/presets/lido-csm.ts';
import {
  megapoolShares,
  nodeRewards,
  smoothingPot,
  smoothingScore,
  smoothingShare,
  type SmoothingEntry,
} from '../../../../monitor/splits/presets/rocket-pool.ts';
import { compareRatios, performance } from '../../../../monitor/splits/income/duties.ts';
import { DUTY_WEIGHTS } from '../../../../monitor/splits/config/build-pool.ts';
import { lineOf, payoutsOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, count, duties, ETH, row } from '../../../support/splits-ledger.ts';

const PERCENT = ETH / 100n;

const smoothingShares = (balance: bigint, entries: readonly SmoothingEntry[]): bigint[] => {
  const pot = smoothingPot(balance, entries);
  return entries.map((entry) => smoothingShare(pot, entry));
};

// Rocket Pool: node capital of 8 ETH, 14% fee: 8/32 of the rewards, and 14% of the other 24/32.
test('the node of a minipool has its capital share and the fee of the rest', () => {
  const capitalWei = ETH / 4n;
  const feeWei = ((ETH * 3n) / 4n / 100n) * 14n;
  expect(nodeRewards(ETH, 8n * ETH, 14n * PERCENT)).toEqual({
    nodeWei: capitalWei + feeWei,
    capitalWei,
    feeWei,
  });
  // Every division is floored, and what is lost is the users'.
  expect(nodeRewards(3n, 8n * ETH, 14n * PERCENT).nodeWei).toBe(0n);
});

test('the score of an attestation in the smoothing pool', () => {
  expect(smoothingScore(8n * ETH, 14n * PERCENT)).toBe((86n * PERCENT) / 4n + 14n * PERCENT);
  expect(smoothingScore(16n * ETH, 0n)).toBe(ETH / 2n);
  expect(smoothingScore(32n * ETH, 5n * PERCENT)).toBe(ETH);
});

test('two minipools that attested the same share by score; the stakers have the rest', () => {
  const half = smoothingScore(16n * ETH, 0n);
  const whole = smoothingScore(32n * ETH, 0n);
  const shares = smoothingShares(12n * ETH, [
    { score: half, attestations: 100n },
    { score: whole, attestations: 100n },
  ]);
  expect(shares).toEqual([3n * ETH, 6n * ETH]);
  expect(smoothingShares(ETH, [{ score: half, attestations: 0n }])).toEqual([0n]);
});

test('operators of the smoothing pool never get more than there is', () => {
  const entry = fc.record({
    score: fc
      .tuple(fc.bigInt(0n, 32n * ETH), fc.bigInt(0n, ETH))
      .map(([bond, fee]) => smoothingScore(bond, fee)),
    attestations: fc.bigInt(0n, 7000n),
  });
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 22n), fc.array(entry, { minLength: 1 }), (balance, entries) => {
      const shares = smoothingShares(balance, entries);
      expect(shares.reduce((all, part) => all + part, 0n) <= balance).toBe(true);
    }),
  );
});

test('a megapool: the node has its capital, its share of the borrowed part, and what floors leave', () => {
  // 4 of 32 ETH: 7/8 are borrowed; of these 5% to the node, 9% to voters, 1% to the DAO.
  const shares = { node: 5n * PERCENT, voters: 9n * PERCENT, dao: PERCENT };
  expect(megapoolShares(8n * ETH, ETH / 8n, shares)).toEqual({
    nodeWei: ETH + 35n * PERCENT,
    stakersWei: (85n * 7n * ETH) / 100n,
    votersWei: 63n * PERCENT,
    daoWei: 7n * PERCENT,
  });
  expect(megapoolShares(7n, ETH / 8n, shares)).toEqual({
    nodeWei: 2n,
    stakersWei: 5n,
    votersWei: 0n,
    daoWei: 0n,
  });
});

test('performance is 54, 8 and 2 parts, of the duties that there were', () => {
  const of = (attestations: number, proposals: [number, number], sync: [number, number]) =>
    performance(
      { attestations: count(100, attestations), proposals: count(...proposals), sync: count(...sync) },
      DUTY_WEIGHTS,
    )!;
  const is = (ratio: { num: bigint; den: bigint }, num: bigint, den: bigint) =>
    compareRatios(ratio, { num, den });
  expect(is(of(50, [0, 0], [0, 0]), 1n, 2n)).toBe(0);
  expect(is(of(100, [1, 0], [0, 0]), 54n, 62n)).toBe(0);
  expect(is(of(100, [0, 0], [10, 0]), 54n, 56n)).toBe(0);
  expect(is(of(50, [2, 1], [4, 2]), 1n, 2n)).toBe(0);
  expect(is(of(100, [1, 0], [10, 5]), 55n, 64n)).toBe(0);
  expect(
    performance({ attestations: count(0), proposals: count(0), sync: count(0) }, DUTY_WEIGHTS),
  ).toBeNull();
});

const NETWORK = { num: 95n, den: 100n };
const key = (index: number, parts: Partial<CsmKey> = {}): CsmKey => ({
  validatorIndex: BigInt(index),
  effectiveEth: 32n,
  assigned: 103n,
  performance: { num: 1n, den: 1n },
  slashed: false,
  ...parts,
});
const outcomeOf = (one: CsmKey) => csmKeys([one], NETWORK, CSM_DEFAULTS).get(one.validatorIndex);

test('a key counts when it did better than the network less 3%, and not when it did just that', () => {
  expect(outcomeOf(key(1, { performance: { num: 92n, den: 100n } }))).toMatchObject({
    participation: 0n,
    rebate: 0n,
    strike: true,
  });
  expect(outcomeOf(key(1, { performance: { num: 9201n, den: 10_000n } }))).toMatchObject({ strike: false });
});

test('a share of 58.34% is rounded up for the operator, the rest is rebate', () => {
  const whole = 103n * 32n;
  const participation = (whole * 5834n + 9999n) / 10_000n;
  expect(participation).toBe(1923n);
  expect(outcomeOf(key(1))).toMatchObject({ participation, rebate: whole - participation, strike: false });
});

test('a slashed key gets nothing and a strike; one without duties gets neither', () => {
  expect(outcomeOf(key(1, { slashed: true }))).toMatchObject({ participation: 0n, strike: true });
  expect(outcomeOf(key(1, { performance: null }))).toMatchObject({ participation: 0n, strike: false });
});

test('tiers go by the number of the key: largest balance first, then the lower index', () => {
  const parameters = {
    ...CSM_DEFAULTS,
    rewardShare: [
      { keys: 2n, bps: 10_000n },
      { keys: null, bps: 0n },
    ],
  };
  const outcomes = csmKeys([key(1), key(2), key(3, { effectiveEth: 2048n })], NETWORK, parameters);
  expect([...outcomes].filter(([, { participation }]) => participation > 0n).map(([index]) => index)).toEqual(
    [3n, 1n],
  );
});

test('a frame is floored by operator; rebate shares take part', () => {
  const frame = csmFrame(
    100n,
    new Map([
      ['a', 1n],
      ['b', 1n],
      ['c', 0n],
    ]),
    1n,
  );
  expect([...frame.operatorsWei]).toEqual([
    ['a', 33n],
    ['b', 33n],
  ]);
  expect(frame.totalShares).toBe(3n);
});

// The same rules as the preset of a pool file, from ledger rows.
const NODES = [person('one', 1, ''), person('two', 2, ''), person('rest', 3, '')];
const execution = (slot: bigint, amountWei: bigint) =>
  [{ slot, amountWei, kind: 'mev', method: 'relay', confidence: 'exact' }] as const;

test('preset lido-csm: the operator below the threshold gets nothing, the others share it with the protocol', () => {
  const text = poolText(
    NODES,
    'preset: lido-csm\nrounding: floor-to:rest',
    '  - {indices: ["1"], operator: one}\n  - {indices: ["2"], operator: two}',
  );
  const rows = [
    row(1, 2, { execution: execution(7300n, ETH), duties: duties(225) }),
    row(2, 2, { duties: duties(90) }),
  ];
  const result = split(text, rows);
  const participation = (225n * 32n * 5834n + 9999n) / 10_000n;
  const one = (ETH * participation) / (225n * 32n);
  expect(payoutsOf(result)).toEqual({ one, two: 0n, rest: ETH - one });
  // Cumulative tree of (operator, amount).
  expect(lineOf(result, 'one').index).toBe(0);
});

test('preset rocket-pool-smoothing-pool: by successful attestations', () => {
  const terms = 'bond: 16, fee: 0';
  const text = poolText(
    NODES,
    'preset: rocket-pool-smoothing-pool\nincome: {cl: false}\nrounding: floor-to:rest',
    `  - {indices: ["1"], operator: one, ${terms}}\n  - {indices: ["2"], operator: two, ${terms}}`,
  );
  const rows = [
    row(1, 2, { ...attested(5000), execution: execution(7300n, 6n * ETH), duties: duties(200) }),
    row(2, 2, { duties: duties(100) }),
  ];
  expect(payoutsOf(split(text, rows))).toEqual({ one: 2n * ETH, two: ETH, rest: 3n * ETH });
});

test('preset rocket-pool-minipool: capital and fee', () => {
  const text = poolText(
    NODES,
    'preset: rocket-pool-minipool\nrounding: floor-to:rest',
    '  - {indices: ["1"], operator: one, bond: 8, fee: 10%}\n  - {indices: ["2"], operator: two, bond: 16, fee: 20%}',
  );
  const rows = [
    row(1, 2, { execution: execution(7300n, 4n * ETH) }),
    row(2, 2, { execution: execution(7301n, 10n * ETH) }),
  ];
  // 1 + 10% of 3; 5 + 20% of 5, although ten ETH are more than eight: they are rewards all the same.
  expect(payoutsOf(split(text, rows))).toEqual({
    one: (13n * ETH) / 10n,
    two: 6n * ETH,
    rest: (67n * ETH) / 10n,
  });
});

test('preset rocket-pool-megapool: ratio and fee are averages over time', () => {
  const text = poolText(
    NODES,
    'preset: rocket-pool-megapool\nrounding: floor-to:rest\nmegapool: {voters: two, voters-share: 9%, dao: rest, dao-share: 1%}',
    '  - {indices: ["1"], operator: one, bond: 8, fee: 5%, to: 2026-01-03}\n' +
      '  - {indices: ["1"], operator: one, bond: 4, fee: 15%, from: 2026-01-03}',
  );
  const rows = [row(1, 2, { execution: execution(7300n, 8n * ETH) }), row(1, 3)];
  // Six of 32 on average, and 10%: 26/32 of eight are borrowed.
  const borrowed = (26n * ETH) / 4n;
  expect(payoutsOf(split(text, rows, '2026-01-02..2026-01-03'))).toEqual({
    one: 8n * ETH - borrowed + borrowed / 10n,
    two: (borrowed * 9n) / 100n,
    rest: (borrowed * 81n) / 100n,
  });
});

test('preset 0xsplits: floors of allocations, the dust waits', () => {
  const text = poolText(
    [person('a', 1, 'stake: [{units: 1}]'), person('b', 2, 'stake: [{units: 2}]')],
    'preset: 0xsplits',
  );
  const first = split(text, [row(7, 2, { execution: execution(7300n, 100n) }), row(7, 3)]);
  expect(payoutsOf(first)).toEqual({ a: 33n, b: 66n });
  expect(first.closing.carryWei).toBe(1n);
  // The dust is part of the next distribution: 101 wei are 33 and 67 with it, of 100 more.
  const second = split(text, [row(7, 2), row(7, 3, { execution: execution(14500n, 100n) })], '2026-01-03', {
    opening: first.closing,
  });
  expect(payoutsOf(second)).toEqual({ a: 33n, b: 67n });
  expect(second.closing.carryWei).toBe(1n);
});

test('preset pro-rata is the plain rule', () => {
  const people = [person('a', 1), person('b', 2)];
  const rows = [row(7, 2, attested(1001))];
  expect(split(poolText(people, 'preset: pro-rata'), rows)).toEqual(split(poolText(people), rows));
});

test('an operator preset on a loss: nothing is shared, the mark is kept', () => {
  const text = poolText(
    NODES,
    'preset: lido-csm\nrounding: floor-to:rest',
    '  - {tags: [pool], operator: one}',
  );
  const result = split(text, [row(1, 2, attested(-7))]);
  expect(result.totals.payoutWei).toBe(0n);
  expect(result.closing.lossWei).toBe(7n * 10n ** 9n);
});

test('the smoothing pool takes nothing of the consensus layer', () => {
  const text = poolText(
    [person('one', 1, ''), person('reth', 2, '')],
    'preset: rocket-pool-smoothing-pool\nrounding: floor-to:reth',
    '  - {indices: ["1"], operator: one, bond: 8, fee: 10%}',
  );
  expect(split(text, [row(1, 2, attested(4000))]).totals).toMatchObject({ clWei: 0n, distributableWei: 0n });
});
