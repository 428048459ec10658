import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  chartLines,
  lossBySlashed,
  penaltyRules,
  riskScenarios,
  stakeGroups,
  syncRewardGwei,
  uniformStake,
} from '../../../../monitor/risk/index.ts';
import { slashingLoss } from '../../../../monitor/risk/slashing-loss.ts';
import { barOf } from '../../../../monitor/risk/risk-chart.ts';
import { largestOf, stakeOf } from '../../../../monitor/risk/stake-groups.ts';
import { stakeOfSyncReward } from '../../../../monitor/risk/total-stake.ts';

const ETH = 1_000_000_000n;
const forks = fc.constantFrom('altair', 'bellatrix', 'deneb', 'electra', 'fulu');
const presets = fc.constantFrom('mainnet', 'gnosis', 'minimal');
const rulesOf = fc.tuple(presets, forks).map(([preset, fork]) => penaltyRules(preset, fork));
const stakes = fc.bigInt({ min: 100_000n, max: 120_000_000n }).map((eth) => eth * ETH);
const groups = fc.array(
  fc.record({
    count: fc.bigInt({ min: 1n, max: 50n }),
    effectiveBalanceGwei: fc.bigInt({ min: 1n, max: 32n }).map((eth) => eth * ETH),
    balanceGwei: fc.bigInt({ min: 0n, max: 40n * ETH }),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('the loss of a slashing', () => {
  it('adds up, and is never more than there is', () => {
    fc.assert(
      fc.property(
        rulesOf,
        groups,
        stakes,
        fc.bigInt({ min: 0n, max: 10n ** 17n }),
        (rules, ours, total, others) => {
          const { total: sum, each } = slashingLoss(rules, ours, {
            totalStakeGwei: total,
            othersGwei: others,
          });
          for (const [at, loss] of each.entries()) {
            expect(loss.initialGwei + loss.correlationGwei + loss.missedGwei).toBe(loss.takenGwei);
            expect(loss.takenGwei <= ours[at]!.balanceGwei).toBe(true);
          }
          const taken = ours.reduce((gwei, { count }, at) => gwei + count * each[at]!.takenGwei, 0n);
          expect(sum.takenGwei).toBe(taken);
        },
      ),
    );
  });

  it('never falls when more are slashed, nor when there is less at stake in all', () => {
    const one = [{ count: 1n, effectiveBalanceGwei: 32n * ETH, balanceGwei: 32n * ETH }];
    fc.assert(
      fc.property(
        rulesOf,
        fc.tuple(stakes, stakes).map(([a, b]): [bigint, bigint] => (a < b ? [a, b] : [b, a])),
        fc.bigInt({ min: 0n, max: 2_000_000n }),
        fc.bigInt({ min: 0n, max: 100_000n }),
        (rules, [less, more], others, further) => {
          const of = (totalStakeGwei: bigint, othersEth: bigint) =>
            slashingLoss(rules, one, { totalStakeGwei, othersGwei: othersEth * ETH }).total;
          expect(of(more, others + further).takenGwei >= of(more, others).takenGwei).toBe(true);
          expect(of(less, others).correlationGwei >= of(more, others).correlationGwei).toBe(true);
        },
      ),
    );
  });

  it('is everything once a third of the stake is slashed', () => {
    const rules = penaltyRules('mainnet', 'fulu');
    const one = [uniformStake(rules, 1n, 32n * ETH)];
    const network = { totalStakeGwei: 33_000_000n * ETH, othersGwei: 11_000_000n * ETH };
    expect(slashingLoss(rules, one, network).total.takenGwei).toBe(32n * ETH);
  });

  it('is refused for more than the whole network has', () => {
    const rules = penaltyRules('mainnet', 'fulu');
    const ours = [uniformStake(rules, 2n, 32n * ETH)];
    expect(() => slashingLoss(rules, ours, { totalStakeGwei: 63n * ETH, othersGwei: 0n })).toThrow(
      'more at stake than the whole network',
    );
  });
});

describe('groups of validators', () => {
  it('keep every validator, the largest first', () => {
    const balance = fc.record({
      effectiveBalanceGwei: fc.bigInt({ min: 1n, max: 5n }).map((eth) => eth * ETH),
      balanceGwei: fc.bigInt({ min: 0n, max: 6n * ETH }),
    });
    fc.assert(
      fc.property(fc.array(balance), fc.bigInt({ min: 0n, max: 10n }), (all, some) => {
        const found = stakeGroups(all);
        expect(stakeOf(found)).toBe(
          all.reduce((sum, { effectiveBalanceGwei }) => sum + effectiveBalanceGwei, 0n),
        );
        const sorted = all
          .map(({ effectiveBalanceGwei }) => effectiveBalanceGwei)
          .sort((a, b) => Number(b - a));
        const expected = sorted.slice(0, Number(some)).reduce((sum, gwei) => sum + gwei, 0n);
        expect(stakeOf(largestOf(found, some))).toBe(expected);
      }),
    );
  });

  it('of one balance have the effective balance of their fork', () => {
    expect(uniformStake(penaltyRules('mainnet', 'deneb'), 1n, 40n * ETH).effectiveBalanceGwei).toBe(
      32n * ETH,
    );
    expect(uniformStake(penaltyRules('mainnet', 'fulu'), 1n, 40n * ETH + 1n).effectiveBalanceGwei).toBe(
      40n * ETH,
    );
    expect(() => uniformStake(penaltyRules('mainnet', 'fulu'), 1n, ETH - 1n)).toThrow('at least one ether');
  });
});

describe('the total stake from a sync committee reward', () => {
  it('lies between the bounds that are given', () => {
    const increments = fc.oneof(
      fc.bigInt({ min: 32n, max: 5000n }),
      fc.bigInt({ min: 1_000_000n, max: 120_000_000n }),
    );
    fc.assert(
      fc.property(presets, increments, (preset, count) => {
        const rules = penaltyRules(preset, 'fulu');
        const reward = syncRewardGwei(rules, count * ETH);
        const bounds = stakeOfSyncReward(rules, reward);
        expect(reward === 0n ? bounds : bounds !== null).toBe(reward === 0n ? null : true);
        if (bounds === null) return;
        expect(bounds.lowGwei <= count * ETH && count * ETH <= bounds.highGwei).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('has the very bounds that trying every stake finds', () => {
    for (const [preset, most] of [
      ['minimal', 3000n],
      ['gnosis', 3000n],
    ] as const) {
      const rules = penaltyRules(preset, 'fulu');
      const tried = new Map<bigint, { low: bigint; high: bigint }>();
      for (let count = 1n; count <= 2n * most; count += 1n) {
        const reward = syncRewardGwei(rules, count * ETH);
        const before = tried.get(reward);
        tried.set(reward, { low: before?.low ?? count, high: count });
      }
      for (const [reward, { low, high }] of tried) {
        if (reward === 0n || high > most) continue;
        expect(stakeOfSyncReward(rules, reward)).toMatchObject({ lowGwei: low * ETH, highGwei: high * ETH });
      }
    }
  });

  it('is known to 0.4% on mainnet', () => {
    const rules = penaltyRules('mainnet', 'fulu');
    for (let count = 20_000_000n; count < 60_000_000n; count += 333_331n) {
      const { lowGwei, highGwei } = stakeOfSyncReward(rules, syncRewardGwei(rules, count * ETH))!;
      expect((highGwei - lowGwei) * 1000n < 8n * lowGwei).toBe(true);
    }
  });

  it.each([0n, -5n])('is not known from %d gwei', (reward) => {
    expect(stakeOfSyncReward(penaltyRules('mainnet', 'fulu'), reward)).toBeNull();
  });
});

describe('scenarios and chart', () => {
  const rules = penaltyRules('mainnet', 'fulu');
  const ours = [uniformStake(rules, 100n, 32n * ETH)];
  const choices = {
    totalStakeGwei: 35_000_000n * ETH,
    machineKeys: 10n,
    othersBps: 100n,
    clientShareBps: [1000n],
    leakEpochs: [225],
    offlineHours: [24],
    epochMs: 384_000,
  };

  test('go from the smallest accident to the largest', () => {
    const found = riskScenarios(rules, ours, choices);
    expect(found.map(({ title, validators, loss }) => [title, validators, loss.takenGwei])).toEqual([
      ['one key is slashed', 1n, 63_933_524n],
      ['the keys of one machine are slashed', 10n, 10n * (7_812_500n + 27_428n * 32n + 56_033_280n)],
      ['all keys are slashed', 100n, 7_262_290_000n],
      ['all, and 1% of the network besides', 100n, expect.any(BigInt)],
      ['all, in a client bug that slashes 10% of the network', 100n, expect.any(BigInt)],
      ['all are offline for 24 h, the chain finalizes', 100n, 153_900_000n],
      ['all are offline in a leak of 225 epochs', 100n, 153_900_000n + 4_849_422_800n],
    ]);
    const [, , , others, bug] = found;
    // Of the whole: three times 1% and ours, then three times 10%.
    expect(others!.slashedGwei).toBe(353_200n * ETH);
    expect(bug!.slashedGwei).toBe(3_500_000n * ETH);
    expect(bug!.loss.correlationGwei).toBe(960n * ETH);
  });

  test('nobody is asked about a machine or others that are none', () => {
    const alone = [{ ...ours[0]!, count: 1n }];
    const found = riskScenarios(rules, alone, { ...choices, machineKeys: null, othersBps: 0n });
    expect(found.map(({ kind }) => kind)).toEqual(['slashing', 'slashing', 'offline', 'leak']);
  });

  test('the chart ends with everything, and bars only grow', () => {
    const points = lossBySlashed(rules, ours[0]!, choices.totalStakeGwei);
    expect(points.at(-1)!.takenGwei).toBe(32n * ETH);
    for (const [at, point] of points.entries())
      expect(at === 0 || point.takenGwei >= points[at - 1]!.takenGwei).toBe(true);
    expect(chartLines(points.slice(0, 2).concat(points.slice(-1)), 32n * ETH)).toEqual([
      '      1  0.06394 ETH  ▏',
      '      3  0.06411 ETH  ▏',
      `364,584       32 ETH  ${'█'.repeat(40)}`,
    ]);
  });

  test.each([
    [0n, ''],
    [1n, '▏'],
    [500n, '█'.repeat(20)],
    [1000n, '█'.repeat(40)],
    [2000n, '█'.repeat(40)],
  ])('a bar of %d of 1000', (value, bar) => {
    expect(barOf(value, 1000n)).toBe(bar);
  });
});
