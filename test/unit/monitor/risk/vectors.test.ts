import { describe, expect, it, test } from 'vitest';
import {
  baseRewardPerIncrement,
  penaltyRules,
  syncRewardGwei,
  voteEconomics,
} from '../../../../monitor/risk/index.ts';
import { simulateOffline } from '../../../../monitor/risk/simulate-offline.ts';
import { slashingLoss } from '../../../../monitor/risk/slashing-loss.ts';
import { correlationPenaltyGwei, initialPenaltyGwei } from '../../../../monitor/risk/slashing-penalties.ts';
import { slashingTimeline } from '../../../../monitor/risk/slashing-timeline.ts';

const ETH = 1_000_000_000n;
const EB = 32n * ETH;
const rules = penaltyRules('mainnet', 'electra');
const million = (n: bigint): bigint => n * 1_000_000n * ETH;

/** Of one validator of 32 ETH, all in Gwei, by the total stake in millions of ETH. */
const VECTORS = [
  {
    stake: 33n,
    base: 352n,
    reward: [2464n, 4576n, 2464n],
    miss: 7040n,
    sync: 22_155n,
    correlation: [93_088n, 9_309_088n, 93_090_880n, 930_909_088n, 9_309_090_880n],
  },
  {
    stake: 35n,
    base: 342n,
    reward: [2394n, 4446n, 2394n],
    miss: 6840n,
    sync: 22_830n,
    correlation: [87_744n, 8_777_120n, 87_771_424n, 877_714_272n, 8_777_142_848n],
  },
  {
    stake: 37n,
    base: 332n,
    reward: [2324n, 4316n, 2324n],
    miss: 6640n,
    sync: 23_429n,
    correlation: [83_008n, 8_302_688n, 83_027_008n, 830_270_240n, 8_302_702_688n],
  },
];
const SLASHED = [1n, 100n, 1_000n, 10_000n, 100_000n];

describe.each(VECTORS)('at $stake million ETH', ({ stake, base, reward, miss, sync, correlation }) => {
  const totalStakeGwei = million(stake);

  it('votes and sync committee members earn and lose', () => {
    expect(baseRewardPerIncrement(rules, totalStakeGwei)).toBe(base);
    const vote = voteEconomics(rules, totalStakeGwei, EB);
    expect([vote.sourceGwei, vote.targetGwei, vote.headGwei]).toEqual(reward);
    expect(vote.rewardGwei).toBe(reward.reduce((sum, part) => sum + part, 0n));
    expect(vote.penaltyGwei).toBe(miss);
    expect(syncRewardGwei(rules, totalStakeGwei)).toBe(sync);
  });

  it.each(SLASHED.map((count, at) => ({ count, penalty: correlation[at]! })))(
    'the correlation penalty of $count slashed is $penalty',
    ({ count, penalty }) => {
      const totals = { totalStakeGwei, slashedGwei: count * EB };
      expect(correlationPenaltyGwei(rules, totals, EB)).toBe(penalty);
    },
  );

  it.each(SLASHED)('before Electra %d slashed cost whole ether, or nothing', (count) => {
    const deneb = penaltyRules('mainnet', 'deneb');
    const penalty = correlationPenaltyGwei(deneb, { totalStakeGwei, slashedGwei: count * EB }, EB);
    const whole = count < 100_000n ? 0n : (3n * count * 32n * 32n) / (stake * 1_000_000n);
    expect(penalty).toBe(whole * ETH);
    expect(whole === 0n || [8n, 9n].includes(whole)).toBe(true);
  });
});

test.each([
  ['phase0', 250_000_000n, 1n],
  ['altair', 500_000_000n, 2n],
  ['bellatrix', 1_000_000_000n, 3n],
  ['deneb', 1_000_000_000n, 3n],
  ['electra', 7_812_500n, 3n],
  ['fulu', 7_812_500n, 3n],
  ['gloas', 7_812_500n, 3n],
] as const)('in %s the initial penalty is %d and others count so many times', (fork, penalty, multiplier) => {
  const then = penaltyRules('mainnet', fork);
  expect(initialPenaltyGwei(then, EB)).toBe(penalty);
  expect(then.correlationMultiplier).toBe(multiplier);
});

test('the initial penalty of 2048 ETH is half an ether since Electra', () => {
  expect(initialPenaltyGwei(rules, 2048n * ETH)).toBe(500_000_000n);
});

test('what no fork changes is of the preset, and the node knows better', () => {
  expect(penaltyRules('gnosis', 'fulu')).toMatchObject({ slotsPerEpoch: 16n, baseRewardFactor: 25n });
  expect(penaltyRules('minimal', 'fulu')).toMatchObject({ slashingsVectorEpochs: 64n, syncPeriodEpochs: 8n });
  expect(penaltyRules('mainnet', 'fulu', { BASE_REWARD_FACTOR: '25' }).baseRewardFactor).toBe(25n);
  expect(() => penaltyRules('mainnet', 'fulu', { BASE_REWARD_FACTOR: '0x19' })).toThrow('BASE_REWARD_FACTOR');
});

test('an isolated slashing at 35 million ETH', () => {
  const group = { count: 1n, effectiveBalanceGwei: EB, balanceGwei: EB };
  const network = { totalStakeGwei: million(35n), othersGwei: 0n };
  const { total, timeline } = slashingLoss(rules, [group], network);
  expect(total).toEqual({
    initialGwei: 7_812_500n,
    correlationGwei: 87_744n,
    missedGwei: 8192n * 6840n,
    inactivityGwei: 0n,
    takenGwei: 63_933_524n,
    lostVotesGwei: 8192n * 9234n,
    lostOtherGwei: 8192n * ((342n * 32n * 10n) / 64n),
  });
  expect(timeline).toMatchObject({ firstExit: 5n, firstCorrelation: 4096n, firstWithdrawable: 8192n });
});

test.each([
  ['electra', 1n, 256n, 5n],
  ['electra', 1n, 257n, 6n],
  ['electra', 1n, 2048n, 12n],
  ['electra', 10_000n, 320_000n, 5n + 1249n],
  // 35 million ETH are 1,093,750 validators, of whom 16 may leave in an epoch.
  ['deneb', 17n, 17n * 32n, 6n],
] as const)('in %s the last of %d with %d ETH is out after %d epochs', (fork, count, eth, lastExit) => {
  const then = penaltyRules('mainnet', fork);
  expect(slashingTimeline(then, { count, gwei: eth * ETH }, million(35n)).lastExit).toBe(lastExit);
});

test('who leaves late waits for 256 epochs, and the penalty comes halfway through the vector before that', () => {
  const timeline = slashingTimeline(rules, { count: 1n, gwei: 2_560_000n * ETH }, million(35n));
  expect(timeline).toEqual({
    firstExit: 5n,
    lastExit: 10_004n,
    firstCorrelation: 4096n,
    lastCorrelation: 10_260n - 4096n,
    firstWithdrawable: 8192n,
    lastWithdrawable: 10_260n,
  });
});

/** The inactivity term alone, from 32 ETH, with the effective balance that follows. */
test.each([
  [225, 48_494_228n, '0.0485'],
  [512, 250_488_027n, '0.2505'],
  [1024, 977_523_293n, '0.9775'],
  [2048, 3_731_068_363n, '3.731'],
  [4096, 12_494_369_659n, '12.494'],
])('%d epochs of a leak cost %d gwei', (epochs, gwei, published) => {
  const input = { effectiveBalanceGwei: EB, balanceGwei: EB, perIncrementGwei: 0n };
  const found = simulateOffline(rules, { ...input, epochs, leakEpochs: epochs });
  expect(found.inactivityGwei).toBe(gwei);
  const digits = published.split('.')[1]!.length;
  expect((Number(found.inactivityGwei) / 1e9).toFixed(digits)).toBe(published);
  expect(found.ejectedAfter).toBeNull();
});

test('the chain puts a validator out that is offline for 4,685 epochs of a leak', () => {
  const input = { effectiveBalanceGwei: EB, balanceGwei: EB, perIncrementGwei: 0n };
  expect(simulateOffline(rules, { ...input, epochs: 5000, leakEpochs: 5000 }).ejectedAfter).toBe(4685);
});

test('a day offline without a leak costs its votes, and as much again is not earned', () => {
  const input = { effectiveBalanceGwei: EB, balanceGwei: EB, perIncrementGwei: 342n };
  expect(simulateOffline(rules, { ...input, epochs: 225, leakEpochs: 0 })).toMatchObject({
    missedGwei: 1_539_000n,
    inactivityGwei: 0n,
    lostIncomeGwei: 2_077_650n,
    balanceGwei: EB - 1_539_000n,
  });
});

test('after a leak the score of who is still offline falls by 12 an epoch, and so does the penalty', () => {
  const input = { effectiveBalanceGwei: EB, balanceGwei: EB, perIncrementGwei: 0n };
  const until = (epochs: number): bigint =>
    simulateOffline(rules, { ...input, epochs, leakEpochs: 30 }).inactivityGwei;
  const penalty = (score: bigint): bigint => (EB * score) / 2n ** 26n;
  expect(until(30) - until(29)).toBe(penalty(120n));
  expect(until(31) - until(30)).toBe(penalty(108n));
  expect(until(39) - until(38)).toBe(penalty(12n));
  expect(until(60)).toBe(until(39));
});
