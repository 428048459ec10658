import { describe, expect, it } from 'vitest';
import { activatePreset } from '../../../core/chain/preset.ts';
import type { BeaconState } from '../../../devnet/chain/state.ts';

activatePreset('mainnet');
const { genesisState } = await import('../../../devnet/chain/genesis.ts');
const { rulesFor } = await import('../../../devnet/chain/rules.ts');
const { baseRewardPerIncrement, changeBalance, integerSquareRoot } =
  await import('../../../devnet/chain/balances.ts');
const { processRewards, processInactivityUpdates } = await import('../../../devnet/chain/epoch/rewards.ts');
const { processSlashings, processEffectiveBalances } =
  await import('../../../devnet/chain/epoch/registry.ts');
const { slashValidator } = await import('../../../devnet/chain/block/slash.ts');

const ETH = 1_000_000_000n;
const rules = rulesFor('mainnet');
const EPOCH = 10;

/** Validator 0 has 32 ETH; validator 1 stands for the rest of a network of so much stake. */
function network(totalEth: bigint): BeaconState {
  const validator = { pubkey: `0x${'aa'.repeat(48)}`, withdrawalCredentials: `0x01${'00'.repeat(31)}` };
  const one = { ...validator, balanceGwei: 32n * ETH };
  const state = genesisState(rules, [one, one], new Uint8Array(32));
  state.slot = EPOCH * 32 + 31;
  state.validators[1] = { ...state.validators[1]!, effectiveBalance: totalEth * ETH - 32n * ETH };
  state.finalized = { epoch: EPOCH - 2, root: state.finalized.root };
  state.activeBalanceMemo = null;
  return state;
}

const sums = (state: BeaconState, validator: number): Record<string, bigint> =>
  Object.fromEntries(
    state.journal.balances
      .filter((change) => change.validator === validator)
      .map((c) => [c.component, c.gwei]),
  );

/** Worked out by hand from the formulas of the specs, for the network's three plausible sizes. */
const VECTORS = [
  {
    totalEth: 33_000_000n,
    brpi: 352n,
    source: 2464n,
    target: 4576n,
    head: 2464n,
    missed: 7040n,
    one: 93_088n,
    thousand: 93_090_880n,
  },
  {
    totalEth: 35_000_000n,
    brpi: 342n,
    source: 2394n,
    target: 4446n,
    head: 2394n,
    missed: 6840n,
    one: 87_744n,
    thousand: 87_771_424n,
  },
  {
    totalEth: 37_000_000n,
    brpi: 332n,
    source: 2324n,
    target: 4316n,
    head: 2324n,
    missed: 6640n,
    one: 83_008n,
    thousand: 83_027_008n,
  },
];

describe.each(VECTORS)('a network of $totalEth ETH', (vector) => {
  it('has the base reward', () => {
    expect(baseRewardPerIncrement(rules, network(vector.totalEth))).toBe(vector.brpi);
  });

  it('rewards a perfect vote', () => {
    const state = network(vector.totalEth);
    state.previousParticipation.fill(7);
    processRewards(rules, state);
    const { source, target, head } = vector;
    expect(sums(state, 0)).toEqual({ source, target, head });
  });

  it('penalizes a missed one, and the head not at all', () => {
    const state = network(vector.totalEth);
    state.previousParticipation[1] = 7;
    processRewards(rules, state);
    const { source, target, head } = sums(state, 0);
    expect(-(source! + target!)).toBe(vector.missed);
    expect(head).toBeUndefined();
  });

  it('takes the correlation penalty of Electra, for one slashed and for a thousand', () => {
    for (const [count, penalty] of [
      [1n, vector.one],
      [1000n, vector.thousand],
    ] as const) {
      const state = network(vector.totalEth);
      const withdrawableEpoch = EPOCH + rules.EPOCHS_PER_SLASHINGS_VECTOR / 2;
      state.validators[0] = { ...state.validators[0]!, slashed: true, withdrawableEpoch };
      state.slashings.set(3, count * 32n * ETH);
      processSlashings(rules, state);
      expect(sums(state, 0)).toEqual({ slashing_correlation: -penalty });
    }
  });
});

describe('slashing', () => {
  it('costs 1/4096 at once, which the proposer of the block gets', () => {
    const state = network(35_000_000n);
    state.proposersMemo = { epoch: EPOCH, proposers: new Array<number>(32).fill(1) };
    slashValidator(rules, state, 0, 'attester_slashings');
    expect(sums(state, 0)).toEqual({ slashing_initial: -7_812_500n });
    expect(sums(state, 1)).toEqual({ attester_slashings: 7_812_500n });
    expect(state.validators[0]!.withdrawableEpoch).toBe(EPOCH + 8192);
  });
});

describe('the inactivity leak', () => {
  it('takes what it is known to take, hysteresis included', () => {
    const state = network(35_000_000n);
    state.finalized = { epoch: 0, root: state.finalized.root };
    state.previousParticipation[1] = 7;
    state.balances[1] = state.validators[1]!.effectiveBalance;
    let inactivity = 0n;
    const milestones: Record<number, bigint> = {};
    for (let epoch = 1; epoch <= 1024; epoch += 1) {
      state.slot += 32;
      processInactivityUpdates(rules, state);
      const before = state.journal.balances.length;
      processRewards(rules, state);
      for (const change of state.journal.balances.splice(before)) {
        if (change.validator !== 0) continue;
        if (change.component === 'inactivity') inactivity -= change.gwei;
        // Only this term is looked at: the other penalties are given back.
        else changeBalance(state, 0, -change.gwei, change.component);
      }
      processEffectiveBalances(rules, state);
      milestones[epoch] = (inactivity + 50_000n) / 100_000n;
    }
    // In ten-thousandths of an ETH: 0.0485, 0.2505 and 0.9775 ETH after 225, 512 and 1024 epochs.
    expect([milestones[225], milestones[512], milestones[1024]]).toEqual([485n, 2505n, 9775n]);
  });
});

describe('a balance', () => {
  it('never goes below zero, and what was owed is still known', () => {
    const state = network(35_000_000n);
    changeBalance(state, 0, -40n * ETH, 'source');
    expect(state.balances[0]).toBe(0n);
    expect(state.journal.balances.at(-1)).toMatchObject({ gwei: -32n * ETH, owedGwei: -40n * ETH });
  });

  it('has the floor of its square root taken', () => {
    for (const value of [0n, 1n, 3n, 4n, 2n ** 64n - 1n, 35n * 10n ** 15n]) {
      const root = integerSquareRoot(value);
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
    }
  });
});
