import { describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import type { SimulationOptions } from '../../../../devnet/simulation/create-simulation.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { RealSignatures } = await import('../../../../devnet/chain/signatures.ts');
const { interopSecretKey } = await import('../../../../devnet/chain/interop-keys.ts');
const { ScriptedFaults } = await import('../../../../devnet/simulation/faults.ts');
const { Twin } = await import('../../../../devnet/simulation/twin.ts');
const { configValues } = await import('../../../../devnet/chain/config-values.ts');
const { nodesOn } = await import('../../../support/monitor-nodes.ts');
const { collectTotalStake, penaltyRules, baseRewardPerIncrement } =
  await import('../../../../monitor/risk/index.ts');
const { simulateOffline } = await import('../../../../monitor/risk/simulate-offline.ts');
const { slashingLoss } = await import('../../../../monitor/risk/slashing-loss.ts');

const ETH = 1_000_000_000n;
const keys = new RealSignatures();

const chain = (options: Partial<SimulationOptions> = {}) =>
  createSimulation({
    ...{ preset: 'minimal', validators: 64, seed: 'risk', signatures: 'none' },
    pubkey: (index) => keys.pubkeyOf(index),
    ...options,
  });
const rulesOf = (sim: ReturnType<typeof chain>) =>
  penaltyRules('minimal', 'electra', configValues(sim.context.rules));

describe('the total stake', () => {
  it('is that of the chain, to the bounds that are given, without asking for the registry', async () => {
    const sim = chain({ balanceGwei: (index) => (index < 10 ? 20n : 32n) * ETH });
    sim.runEpochs(2);
    const { nodes, asked } = await nodesOn(sim);
    const bounds = await collectTotalStake(nodes, rulesOf(sim));
    const total = 10n * 20n * ETH + 54n * 32n * ETH;
    expect(bounds.lowGwei <= total && total <= bounds.highGwei).toBe(true);
    expect(bounds.highGwei - bounds.lowGwei).toBeLessThan(5n * ETH);
    expect(asked.filter((path) => /validators|validator_balances/.test(path))).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('is the same when members of the committee missed their turn', async () => {
    const everybody = chain();
    everybody.runEpochs(2);
    const faults = new ScriptedFaults();
    for (let slot = 0; slot < 20; slot += 1)
      for (let validator = 0; validator < 64; validator += 2) faults.missSync(slot, validator);
    const half = chain({ faults });
    half.runEpochs(2);
    const ask = async (sim: typeof half) => collectTotalStake((await nodesOn(sim)).nodes, rulesOf(sim));
    expect(await ask(half)).toEqual(await ask(everybody));
  });

  it('is not guessed when members earned different amounts, or nothing', async () => {
    const sim = chain();
    sim.runEpochs(2);
    const { nodes, served } = await nodesOn(sim);
    const wrong = (change: (reward: { reward: string }, at: number) => string) =>
      served[0]!.faults.add(
        /rewards\/sync_committee/,
        {
          kind: 'wrong',
          change: (answer) => {
            const { data } = answer as { data: { reward: string }[] };
            return { data: data.map((each, at) => ({ ...each, reward: change(each, at) })) };
          },
        },
        1,
      );
    wrong(({ reward }, at) => (at === 0 ? `${BigInt(reward) + 1n}` : reward));
    await expect(collectTotalStake(nodes, rulesOf(sim))).rejects.toMatchObject({
      code: 'TOTAL_STAKE_UNKNOWN',
      message: expect.stringContaining('for the same block') as string,
    });
    wrong(() => '0');
    await expect(collectTotalStake(nodes, rulesOf(sim))).rejects.toThrow('no total stake pays 0 gwei');
  });
});

describe('losses', () => {
  it('of who is offline are those of the chain', () => {
    const faults = new ScriptedFaults().offline([5], 8, 10_000);
    const sim = chain({ faults });
    sim.runEpochs(22);
    // Votes of epoch 1 on are missed; each is paid for at the end of the epoch after.
    const penalties = sim.truth.earnings(3 * 8 - 1, 21 * 8 - 1).get(5)!;
    const expected = simulateOffline(rulesOf(sim), {
      effectiveBalanceGwei: 32n * ETH,
      balanceGwei: 32n * ETH,
      perIncrementGwei: baseRewardPerIncrement(rulesOf(sim), 64n * 32n * ETH),
      epochs: 18,
      leakEpochs: 0,
    });
    expect(-(penalties.source + penalties.target)).toBe(expected.missedGwei);
    expect(penalties.inactivity).toBe(0n);
  });

  it('in a leak are those of the chain, epoch by epoch', () => {
    const away = Array.from({ length: 26 }, (_, index) => index);
    const sim = chain({ faults: new ScriptedFaults().offline(away, 16, 100_000) });
    sim.runEpochs(40);
    const of = (at: number) => sim.truth.earnings(at * 8 - 1, at * 8).get(3)?.inactivity ?? 0n;
    const first = Array.from({ length: 39 }, (_, at) => at + 1).find((at) => of(at) < 0n)!;
    expect(first).toBeGreaterThan(4);
    for (let leaking = 1; first + leaking - 1 < 39; leaking += 1) {
      const until = (epochs: number) =>
        simulateOffline(rulesOf(sim), {
          effectiveBalanceGwei: 32n * ETH,
          balanceGwei: 32n * ETH,
          perIncrementGwei: 0n,
          epochs,
          leakEpochs: epochs,
        }).inactivityGwei;
      expect([leaking, -of(first + leaking - 1)]).toEqual([leaking, until(leaking) - until(leaking - 1)]);
    }
  });

  it('of who is slashed are those of the chain, and so are its dates', () => {
    const sim = chain({ rules: { MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 2 } });
    for (let slot = 0; slot < 10; slot += 1) sim.runSlot();
    const { validator } = sim.truth.votes(1).find(({ slot }) => slot === sim.slot)!;
    const twin = new Twin(sim, new Map([[validator, interopSecretKey(validator)]]));
    const [honest] = sim.attestations.seen(1, validator);
    const forged = twin.vote(validator);
    sim.runSlot();
    twin.report(validator, sim.attestations.dataOf(honest!)!, forged.data);
    sim.runSlot();
    const slashedAt = BigInt(Math.floor(sim.slot / 8));
    sim.runEpochs(70);

    const one = { count: 1n, effectiveBalanceGwei: 32n * ETH, balanceGwei: 32n * ETH };
    const network = { totalStakeGwei: 64n * 32n * ETH, othersGwei: 0n };
    const { total, timeline } = slashingLoss(rulesOf(sim), [one], network);
    const earned = sim.truth.earnings(0, sim.slot).get(validator)!;
    expect(-earned.slashing_initial).toBe(total.initialGwei);
    const state = sim.headState().validators[validator]!;
    expect(epoch(BigInt(state.exitEpoch))).toBe(slashedAt + timeline.firstExit);
    expect(epoch(BigInt(state.withdrawableEpoch))).toBe(slashedAt + timeline.firstWithdrawable);
    // By then it has left the active set, so that others weigh a little more: never less is told than is taken.
    const correlation = -earned.slashing_correlation;
    const without = slashingLoss(rulesOf(sim), [one], { ...network, totalStakeGwei: 63n * 32n * ETH }).total;
    expect([total.correlationGwei, without.correlationGwei]).toContain(correlation);
  });
});
