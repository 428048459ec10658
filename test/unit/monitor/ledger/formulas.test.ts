import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForkName } from '../../../../core/chain/fork.ts';
import {
  attestationProposerReward,
  baseReward,
  baseRewardPerIncrement,
  correlationEpoch,
  correlationPenalty,
  FLAGS,
  flagPenalty,
  flagReward,
  inactivityPenalty,
  initialSlashingPenalty,
  integerSquareRoot,
  isInLeak,
  mostBaseRewardPerIncrement,
  nextEffectiveBalance,
  nextInactivityScore,
  slashingReward,
  syncParticipantReward,
  syncProposerReward,
} from '../../../../monitor/ledger/index.ts';
import { isqrt } from '../../devnet/spec-oracle.ts';
import { mainnetValues, rulesOf, specOf } from './network-rules.ts';

const ETH = 1_000_000_000n;
const rules = rulesOf();
const [source, target, head] = FLAGS;

describe('reward rules', () => {
  it.each(['BASE_REWARD_FACTOR', 'MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA', 'SYNC_COMMITTEE_SIZE'])(
    'are not made up where %s is missing, no number or zero',
    (name) => {
      for (const text of [undefined, '', '1.5', '-1', '0x10', '0']) {
        const values = mainnetValues({ [name]: text });
        expect(() => rulesOf(values)).toThrow(expect.objectContaining({ code: 'REWARD_RULES_INCOMPLETE' }));
        expect(() => rulesOf(values)).toThrow(name);
      }
    },
  );

  it('need no constant of a fork that is not scheduled', () => {
    const never = { ELECTRA_FORK_EPOCH: '18446744073709551615' };
    const without = {
      ...{ MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA: undefined, MIN_ACTIVATION_BALANCE: undefined },
      WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA: undefined,
    };
    const old = rulesOf(mainnetValues({ ...never, ...without }));
    expect(old.penalties.at(-1)!.from).toBe('bellatrix');
    expect(old.minActivationBalanceGwei).toBe(32n * ETH);
    expect(() => rulesOf(mainnetValues(without))).toThrow('MIN_');
  });

  it('are those of Gnosis where the node says so', () => {
    const values = mainnetValues({ PRESET_BASE: 'gnosis', BASE_REWARD_FACTOR: '25', SECONDS_PER_SLOT: '5' });
    expect(specOf(values).slotsPerEpoch).toBe(16n);
    const gnosis = rulesOf(values);
    // Ten million increments: √(10^16) is 10^8.
    expect(baseRewardPerIncrement(gnosis, 10_000_000n * ETH)).toBe(250n);
    expect(syncParticipantReward(gnosis, 10_000_000n * ETH)).toBe(9536n);
  });
});

/** One slashed validator of 32 ETH; amounts in Gwei, by hand from the formulas. */
const VECTORS = [
  {
    ...{ eth: 33_000_000n, brpi: 352n, flags: [2464n, 4576n, 2464n], missed: 7040n, sync: 22155n },
    correlated: [93_088n, 9_309_088n, 93_090_880n, 930_909_088n, 9_309_090_880n],
  },
  {
    ...{ eth: 35_000_000n, brpi: 342n, flags: [2394n, 4446n, 2394n], missed: 6840n, sync: 22830n },
    correlated: [87_744n, 8_777_120n, 87_771_424n, 877_714_272n, 8_777_142_848n],
  },
  {
    ...{ eth: 37_000_000n, brpi: 332n, flags: [2324n, 4316n, 2324n], missed: 6640n, sync: 23429n },
    correlated: [83_008n, 8_302_688n, 83_027_008n, 830_270_240n, 8_302_702_688n],
  },
];

describe.each(VECTORS)('with $eth ETH at stake', ({ eth, brpi, flags, missed, sync, correlated }) => {
  const total = eth * ETH;
  const base = baseReward(rules, 32n * ETH, brpi);

  it('a vote and a place in the sync committee are worth what they are', () => {
    expect(baseRewardPerIncrement(rules, total)).toBe(brpi);
    const standing = {
      ...{ baseRewardGwei: base, inLeak: false },
      ...{ participatingIncrements: eth, activeIncrements: eth },
    };
    expect(FLAGS.map((flag) => flagReward(flag, standing))).toEqual(flags);
    expect(FLAGS.reduce((sum, flag) => sum + flagPenalty(flag, base), 0n)).toBe(missed);
    expect(flagPenalty(head, base)).toBe(0n);
    expect(flagReward(target, { ...standing, inLeak: true })).toBe(0n);
    expect(syncParticipantReward(rules, total)).toBe(sync);
  });

  it('the correlation penalty grows with those who are slashed', () => {
    const penalty = (fork: ForkName, count: bigint) =>
      correlationPenalty(rules, fork, {
        ...{ effectiveGwei: 32n * ETH, slashedGwei: count * 32n * ETH, totalActiveGwei: total },
      });
    expect([1n, 100n, 1000n, 10_000n, 100_000n].map((count) => penalty('electra', count))).toEqual(
      correlated,
    );
    // Whole ethers before Electra: nothing at all for ten thousand.
    expect([1n, 100n, 1000n].map((count) => penalty('deneb', count))).toEqual([0n, 0n, 0n]);
    expect(penalty('deneb', 100_000n) % ETH).toBe(0n);
    expect([8n * ETH, 9n * ETH]).toContain(penalty('deneb', 100_000n));
  });
});

describe('being slashed', () => {
  it.each([
    ['phase0', 250_000_000n, 62_500_000n],
    ['altair', 500_000_000n, 62_500_000n],
    ['capella', 1_000_000_000n, 62_500_000n],
    ['deneb', 1_000_000_000n, 62_500_000n],
    ['electra', 7_812_500n, 7_812_500n],
    ['fulu', 7_812_500n, 7_812_500n],
  ] as const)('in %s costs %i gwei at once and pays the block %i', (fork, cost, reward) => {
    expect(initialSlashingPenalty(rules, fork, 32n * ETH)).toBe(cost);
    expect(slashingReward(rules, fork, 32n * ETH)).toBe(reward);
  });

  it('costs half an ether for the largest', () => {
    expect(initialSlashingPenalty(rules, 'electra', 2048n * ETH)).toBe(ETH / 2n);
  });

  it('never costs more than there is, by correlation', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 2048n),
        fc.bigInt(0n, 10n ** 8n),
        fc.bigInt(1n, 10n ** 8n),
        (mine, slashed, all) => {
          const at = { effectiveGwei: mine * ETH, slashedGwei: slashed * ETH, totalActiveGwei: all * ETH };
          for (const fork of ['altair', 'deneb', 'electra'] as const) {
            const penalty = correlationPenalty(rules, fork, at);
            expect(penalty >= 0n && penalty <= mine * ETH).toBe(true);
            expect(
              correlationPenalty(rules, fork, { ...at, slashedGwei: (slashed + 1n) * ETH }),
            ).toBeGreaterThanOrEqual(penalty);
          }
        },
      ),
    );
  });

  it('is followed by the correlation penalty halfway to withdrawal', () => {
    expect(correlationEpoch(rules, 20_000n)).toBe(20_000n - 4096n);
  });
});

describe('the inactivity leak', () => {
  it('begins when finality is more than four epochs back', () => {
    expect([isInLeak(rules, 10n, 6n), isInLeak(rules, 10n, 5n), isInLeak(rules, 3n, 0n)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('takes what it is known to take from one who is offline, hysteresis included', () => {
    let [balance, effective, score] = [32n * ETH, 32n * ETH, 0n];
    const lost: Record<number, bigint> = {};
    let ejected = 0;
    for (let epochs = 1; ejected === 0; epochs += 1) {
      score = nextInactivityScore(rules, score, { timelyTarget: false, inLeak: true });
      balance -= inactivityPenalty(rules, 'electra', effective, score);
      effective = nextEffectiveBalance(rules, effective, balance, 32n * ETH);
      lost[epochs] = (32n * ETH - balance + 50_000n) / 100_000n;
      if (effective <= 16n * ETH) ejected = epochs;
    }
    // In ten-thousandths of an ETH.
    expect([lost[225], lost[512], lost[1024]]).toEqual([485n, 2505n, 9775n]);
    expect([(lost[2048]! + 5n) / 10n, (lost[4096]! + 5n) / 10n]).toEqual([3731n, 12494n]);
    expect(ejected).toBe(4685);
  });

  it('is forgotten again', () => {
    const scores = fc.bigInt(0n, 100_000n);
    fc.assert(
      fc.property(scores, fc.boolean(), fc.boolean(), (score, timelyTarget, inLeak) => {
        const next = nextInactivityScore(rules, score, { timelyTarget, inLeak });
        // The specs' words: first one or the other, then the recovery when not in a leak.
        let expected = Number(score);
        if (timelyTarget) expected -= Math.min(1, expected);
        else expected += 4;
        if (!inLeak) expected -= Math.min(16, expected);
        expect(next).toBe(BigInt(expected));
      }),
    );
  });
});

describe('the integer arithmetic', () => {
  const gwei = fc.bigInt(0n, 2n ** 64n - 1n);

  it('takes the floor of a square root', () => {
    fc.assert(
      fc.property(gwei, (value) => {
        expect(integerSquareRoot(value)).toBe(isqrt(value));
      }),
    );
    for (const value of [0n, 1n, 2n, 3n, 4n, 2n ** 64n - 1n])
      expect(integerSquareRoot(value)).toBe(isqrt(value));
    expect(() => integerSquareRoot(-1n)).toThrow(RangeError);
  });

  it('of flags is that of the specs', () => {
    const increments = fc.bigInt(1n, 50_000_000n);
    fc.assert(
      fc.property(increments, increments, fc.bigInt(0n, 2048n), (active, some, mine) => {
        const participating = some < active ? some : active;
        const brpi = (ETH * 64n) / isqrt(active * ETH);
        const base = baseReward(
          rules,
          mine * ETH + 999_999_999n,
          baseRewardPerIncrement(rules, active * ETH),
        );
        expect(base).toBe(mine * brpi);
        for (const [flag, weight] of [
          [source, 14n],
          [target, 26n],
          [head, 14n],
        ] as const) {
          const standing = {
            ...{ baseRewardGwei: base, inLeak: false },
            ...{ participatingIncrements: participating, activeIncrements: active },
          };
          expect(flagReward(flag, standing)).toBe((mine * brpi * weight * participating) / (active * 64n));
          expect(flagPenalty(flag, base)).toBe(flag === head ? 0n : (mine * brpi * weight) / 64n);
        }
      }),
    );
  });

  it('of proposers is that of the specs', () => {
    expect(attestationProposerReward(447n)).toBe(0n);
    expect(attestationProposerReward(448n * 7n)).toBe(7n);
    expect(syncProposerReward(22_830n)).toBe(3261n);
  });

  it('bounds the base reward by the sync reward, and not by much', () => {
    fc.assert(
      fc.property(fc.bigInt(1_000n, 100_000_000n), (eth) => {
        const sync = syncParticipantReward(rules, eth * ETH);
        const actual = baseRewardPerIncrement(rules, eth * ETH);
        const most = mostBaseRewardPerIncrement(rules, sync);
        expect(most).toBeGreaterThanOrEqual(actual);
        expect(most).toBeLessThanOrEqual(actual + actual / 10n + 5n);
      }),
    );
  });
});
