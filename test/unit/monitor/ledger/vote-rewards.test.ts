// First: the SSZ types take their limits from the preset that is chosen there.
import '../../devnet/minimal-chain.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attestationRewards,
  type AttestationReward,
  type AttestationRewards,
} from '../../../../beacon/index.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { DevnetBeaconNode } from '../../../../devnet/api/beacon-node.ts';
import type { BeaconState } from '../../../../devnet/chain/state.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import {
  baseRewardPerIncrement,
  basesOfSyncReward,
  compareVoteRewards,
  contradictions,
  isInLeak,
  nextInactivityScore,
  rewardRules,
  syncParticipantReward,
  voteRewardsFromBlocks,
  voteRewardsFromEndpoint,
  type BaseBounds,
  type RegistryEntry,
} from '../../../../monitor/ledger/index.ts';
import type { AttestationVerdict } from '../../../../monitor/model/verdicts.ts';
import { clientOf } from '../../../support/beacon-server.ts';
import { busyChain } from './busy-chain.ts';
import { rulesOf } from './network-rules.ts';
import { verdictsOf } from './ledger-run.ts';

const { configValues } = await import('../../../../devnet/chain/config-values.ts');

const never = (number: number) => epoch(number === Infinity ? 2n ** 64n - 1n : BigInt(number));

/** After the last slot of the epoch after the votes. */
function registryFor(
  sim: Simulation,
  votes: number,
): { state: BeaconState; registry: Map<number, RegistryEntry> } {
  const last = votes * 8 + 15;
  const state = sim.tree.stateAt(sim.tree.latestAt(last), last);
  const registry = new Map(
    state.validators.map((validator, index) => [
      index,
      {
        effectiveBalanceGwei: validator.effectiveBalance,
        slashed: validator.slashed,
        activationEpoch: never(validator.activationEpoch),
        exitEpoch: never(validator.exitEpoch),
        withdrawableEpoch: never(validator.withdrawableEpoch),
      },
    ]),
  );
  return { state, registry };
}

const flagsOf = (sim: Simulation, votes: number) =>
  new Map(
    sim.truth.votes(votes).flatMap(({ validator, included }) => {
      const has = (bit: number) => ((included?.flags ?? 0) & bit) !== 0;
      return included === null
        ? []
        : [[validator, { source: has(1), target: has(2), head: has(4) }] as const];
    }),
  );

describe('rewards of votes on a chain with everything', () => {
  const sim = busyChain({
    ...{ seed: 'votes', epochs: 36, outage: [8, 16] },
    rates: { missedBlocks: 0.06, missedVotes: 0.05, lateVotes: 0.06, wrongHeads: 0.05, wrongTargets: 0.04 },
  });
  const rules = rewardRules(configValues(sim.context.rules), sim.context.spec);
  const everybody = sim.headState().validators.map((_, index) => index);
  const epochs = Array.from({ length: 32 }, (_, votes) => votes);

  it('are by the formulas what the node says, to the Gwei, and what the balances did; the checks see nothing', async () => {
    const node = new DevnetBeaconNode(sim);
    let scores = new Map<number, bigint>();
    let [paid, leaked] = [0, 0];
    try {
      const client = clientOf({ url: await node.listen() });
      for (const votes of epochs) {
        const { registry } = registryFor(sim, votes);
        const next = votes * 8 + 16;
        const finalized = sim.tree.stateAt(sim.tree.latestAt(next), next).finalized.epoch;
        const inLeak = isInLeak(rules, BigInt(votes), BigInt(finalized));
        const flags = flagsOf(sim, votes);
        const at = epoch(BigInt(votes));
        scores = new Map(
          [...registry].map(([index, entry]) => {
            const timelyTarget = !entry.slashed && flags.get(index)?.target === true;
            const active = entry.activationEpoch <= at && at < entry.exitEpoch;
            const eligible = active || (entry.slashed && at + 1n < entry.withdrawableEpoch);
            const score = scores.get(index) ?? 0n;
            return [index, eligible ? nextInactivityScore(rules, score, { timelyTarget, inLeak }) : score];
          }),
        );
        const blocks = voteRewardsFromBlocks({
          ...{ rules, fork: 'electra', epoch: at, registry, flags, inLeak, scores, validators: everybody },
        });
        const known = [...registry.keys()].map(BigInt);
        const { data: answer } = await client.ask(attestationRewards(at, known));
        const effectiveBalances = new Map(
          [...registry].map(([index, { effectiveBalanceGwei }]) => [index, effectiveBalanceGwei]),
        );
        const endpoint = voteRewardsFromEndpoint({ rules, epoch: at, answer, effectiveBalances });
        expect(compareVoteRewards(endpoint.rewards, blocks)).toEqual([]);
        const earned = sim.truth.earnings(votes * 8 + 15, next);
        for (const { validatorIndex, gwei } of blocks) {
          const { source = 0n, target = 0n, head = 0n, inactivity = 0n } = earned.get(validatorIndex) ?? {};
          expect([votes, validatorIndex, gwei]).toEqual([
            ...[votes, validatorIndex],
            source + target + head + inactivity,
          ]);
          if (inactivity < 0n) leaked += 1;
        }
        paid += blocks.length;
        const slashed = new Set([...registry].filter(([, each]) => each.slashed).map(([index]) => index));
        const verdicts = verdictsOf(sim, votes);
        expect(contradictions({ rules, answer, verdicts, effectiveBalances, slashed })).toEqual([]);
      }
    } finally {
      await node.close();
    }
    expect(paid).toBeGreaterThan(1000);
    expect(leaked).toBeGreaterThan(100);
  });
});

const ETH = 1_000_000_000n;
const rules = rulesOf();
const total = (validatorIndex: bigint, parts: Partial<AttestationReward>): AttestationReward => ({
  ...{ validatorIndex, headGwei: 0n, targetGwei: 0n, sourceGwei: 0n, inactivityGwei: 0n, exact: true },
  ...parts,
});
const perfect = (validatorIndex: bigint, of: bigint): AttestationReward =>
  total(validatorIndex, { headGwei: 14n * of, targetGwei: 26n * of, sourceGwei: 14n * of });
const answerOf = (
  ideals: readonly (readonly [bigint, bigint])[],
  totals: readonly AttestationReward[],
): AttestationRewards => ({
  ideal: new Map(
    ideals.map(([eth, of]) => {
      const { headGwei, targetGwei, sourceGwei } = perfect(0n, of);
      const parts = { headGwei, targetGwei, sourceGwei, inactivityGwei: 0n, exact: true };
      return [eth * ETH, { effectiveBalanceGwei: eth * ETH, ...parts }];
    }),
  ),
  total: totals,
});
const at = epoch(7n);

describe('the ideal reward of a balance that the node left out', () => {
  it('is what a validator of that balance was paid', () => {
    const answer = answerOf([[32n, 171n]], [perfect(1n, 10_945n), total(2n, { sourceGwei: -9n })]);
    const effectiveBalances = new Map([
      [1, 2048n * ETH],
      [2, 2048n * ETH],
    ]);
    const { rewards, inexactIdeal } = voteRewardsFromEndpoint({
      rules,
      epoch: at,
      answer,
      effectiveBalances,
    });
    expect(rewards.map(({ idealGwei }) => idealGwei)).toEqual([54n * 10_945n, 54n * 10_945n]);
    expect(inexactIdeal).toEqual([]);
  });

  it('follows from the other balances, never too high and seldom too low, whatever the network', () => {
    const increments = fc.bigInt(1_000_000n, 50_000_000n);
    fc.assert(
      fc.property(
        increments,
        fc.double({ min: 0.7, max: 1, noNaN: true }),
        fc.bigInt(33n, 2048n),
        (active, share, eth) => {
          const participating = (active * BigInt(Math.floor(share * 1000))) / 1000n;
          const brpi = BigInt(Math.floor(64e9 / Math.sqrt(Number(active) * 1e9)));
          const idealOf = (n: bigint, weight: bigint) => (n * brpi * weight * participating) / (active * 64n);
          const row = (n: bigint) => ({
            ...{ effectiveBalanceGwei: n * ETH, inactivityGwei: 0n, exact: true },
            ...{ sourceGwei: idealOf(n, 14n), targetGwei: idealOf(n, 26n), headGwei: idealOf(n, 14n) },
          });
          const known = Array.from({ length: 32 }, (_, n) => row(BigInt(n + 1)));
          const answer = {
            ideal: new Map(known.map((each) => [each.effectiveBalanceGwei, each])),
            total: [total(5n, { targetGwei: -1n })],
          };
          const effectiveBalances = new Map([[5, eth * ETH]]);
          const { rewards, inexactIdeal } = voteRewardsFromEndpoint({
            rules,
            epoch: at,
            answer,
            effectiveBalances,
          });
          const truth = idealOf(eth, 14n) * 2n + idealOf(eth, 26n);
          const told = rewards[0]!.idealGwei;
          expect(told <= truth && truth - told <= 3n * eth).toBe(true);
          if (inexactIdeal.length === 0) expect(told).toBe(truth);
        },
      ),
    );
  });

  it('is never below zero where nothing is known', () => {
    const answer = answerOf([], [total(1n, { targetGwei: -5n }), perfect(2n, 3n)]);
    const { rewards, inexactIdeal } = voteRewardsFromEndpoint({
      ...{ rules, epoch: at, answer, effectiveBalances: new Map() },
    });
    expect(rewards.map(({ idealGwei }) => idealGwei)).toEqual([0n, 162n]);
    expect(inexactIdeal).toEqual([1, 2]);
  });
});

describe('rewards that came as fractions', () => {
  it('are estimates, for the balance to correct', () => {
    const answer = answerOf([[32n, 171n]], [{ ...perfect(1n, 171n), exact: false }]);
    const effectiveBalances = new Map([[1, 32n * ETH]]);
    const { rewards, inexact } = voteRewardsFromEndpoint({ rules, epoch: at, answer, effectiveBalances });
    expect(inexact).toEqual([1]);
    expect(rewards[0]).toMatchObject({ gwei: 54n * 171n, method: 'balance' });
  });
});

describe('two accounts of the same votes', () => {
  const vote = (validatorIndex: number, gwei: bigint, idealGwei = 9n) => ({
    ...{ validatorIndex, epoch: at, gwei, idealGwei, method: 'blocks' as const },
  });

  it('differ where they differ, and not in the zeros of those who are not paid', () => {
    const endpoint = [vote(1, 5n), vote(2, 5n), vote(3, 0n), vote(4, 1n), vote(6, 7n, 8n)];
    const blocks = [vote(1, 5n), vote(2, 6n), vote(5, -1n), vote(6, 7n)];
    expect(compareVoteRewards(endpoint, blocks)).toEqual([
      { validatorIndex: 2, what: 'reward', endpointGwei: 5n, blocksGwei: 6n },
      { validatorIndex: 4, what: 'reward', endpointGwei: 1n, blocksGwei: null },
      { validatorIndex: 5, what: 'reward', endpointGwei: null, blocksGwei: -1n },
      { validatorIndex: 6, what: 'ideal', endpointGwei: 8n, blocksGwei: 9n },
    ]);
  });
});

describe('a node that says something else than the blocks', () => {
  const verdict = (
    flags: { source: boolean; target: boolean; head: boolean } | null,
  ): AttestationVerdict => ({
    ...{ validatorIndex: 1, epoch: at, slot: slot(224n), result: flags === null ? 'missed' : 'late' },
    inclusion:
      flags === null ? null : { slot: slot(225n), distance: 1, optimalDistance: 1, ...flags, messages: [] },
  });
  const all = { source: true, target: true, head: true };
  /** What a missed vote of 32 ETH costs with 35 million ETH at stake. */
  const missed = (validatorIndex: bigint, base = 342n) =>
    total(validatorIndex, { sourceGwei: -7n * base, targetGwei: -13n * base });
  const check = (reward: AttestationReward, judged: AttestationVerdict, slashed: number[] = []) =>
    contradictions({
      ...{ rules, verdicts: [judged], effectiveBalances: new Map([[1, 32n * ETH]]) },
      answer: answerOf([[32n, 171n]], [reward]),
      slashed: new Set(slashed),
    }).map(({ flag }) => flag);

  it('is found out by signs and by ideal amounts', () => {
    expect(check(perfect(1n, 171n), verdict(all))).toEqual([]);
    expect(check(perfect(1n, 170n), verdict(all))).toEqual(['source', 'target', 'head']);
    expect(check(perfect(1n, 171n), verdict({ ...all, head: false }))).toEqual(['head']);
    expect(check(perfect(1n, 171n), verdict(null))).toEqual(['source', 'target', 'head']);
    expect(check(missed(1n), verdict(null))).toEqual([]);
    expect(check({ ...missed(1n), targetGwei: 0n }, verdict(null))).toEqual(['target']);
    expect(check({ ...missed(1n), headGwei: -1n }, verdict(null))).toEqual(['head']);
    expect(check(missed(1n), verdict(all))).toEqual(['source', 'target', 'head']);
    // Whoever is slashed is only penalized.
    expect(check(perfect(1n, 171n), verdict(all), [1])).toEqual(['source', 'target', 'head']);
  });

  it('is found out by penalties that no base reward makes, whatever it says of inactivity', () => {
    for (const inactivityGwei of [0n, -1n, -123_456n])
      expect(check({ ...missed(1n), inactivityGwei }, verdict(null))).toEqual([]);
    // The one does not go with the other, or both with nothing.
    expect(check({ ...missed(1n), targetGwei: -9000n }, verdict(null))).toHaveLength(1);
    expect(check({ ...missed(1n), sourceGwei: -2395n, targetGwei: -4447n }, verdict(null))).toEqual([
      'source',
      'target',
    ]);
    // Who takes part is paid 2394 at most: less cannot be what it costs not to.
    expect(check(missed(1n, 341n), verdict(null))).toEqual(['source', 'target']);
    // Rewards that somebody else was paid say the same.
    expect(check(missed(1n), verdict({ ...all, target: false, head: false }))).toEqual(['source']);
  });

  it('is found out by the penalties of others, and by what the sync committee is paid', () => {
    const verdicts = [1, 2, 3, 4].map((validatorIndex) => ({ ...verdict(null), validatorIndex }));
    const effectiveBalances = new Map(
      [1, 2, 3, 4].map((index) => [index, (index === 3 ? 2048n : 32n) * ETH]),
    );
    const large = total(3n, { sourceGwei: -7n * 64n * 342n, targetGwei: -13n * 64n * 342n });
    const found = (totals: AttestationReward[], bases?: BaseBounds) =>
      contradictions({
        ...{
          rules,
          verdicts,
          effectiveBalances,
          answer: answerOf([[32n, 171n]], totals),
          slashed: new Set(),
        },
        ...(bases === undefined ? {} : { bases }),
      }).map(({ validatorIndex, flag }) => `${validatorIndex} ${flag}`);
    expect(found([missed(1n), missed(2n), large, missed(4n)])).toEqual([]);
    expect(found([missed(1n), missed(2n, 400n), large, missed(4n)])).toEqual(['2 source', '2 target']);
    expect(found([{ ...missed(1n), exact: false, sourceGwei: -2395n }, missed(2n), large])).toEqual([]);
    // All of them twice what they are: nothing in it contradicts itself.
    const twice = [missed(1n, 684n), missed(2n, 684n)];
    expect(found(twice)).toEqual([]);
    expect(found(twice, basesOfSyncReward(rules, 22_830n))).toHaveLength(4);
    expect(found([missed(1n), missed(2n)], basesOfSyncReward(rules, 22_830n))).toEqual([]);
  });

  it('is measured by the base reward that pays the sync committee, on whatever network', () => {
    const increments = fc.bigInt(32n, 100_000_000n);
    const sizes = fc.constantFrom([32n, 512n, 64n], [8n, 32n, 64n], [16n, 512n, 25n]);
    fc.assert(
      fc.property(increments, sizes, (active, [slotsPerEpoch, syncCommitteeSize, baseRewardFactor]) => {
        const network = {
          ...rules,
          ...{
            slotsPerEpoch,
            syncCommitteeSize,
            baseRewardFactor,
          },
        };
        const base = baseRewardPerIncrement(network, active * ETH);
        const paid = syncParticipantReward(network, active * ETH);
        fc.pre(paid > 0n);
        const { least, most } = basesOfSyncReward(network, paid);
        expect(least <= base && base <= most!).toBe(true);
        // Narrow enough to be of use where there is as much at stake as on real networks.
        if (active > 100_000n && paid > 1000n) expect(most! - least).toBeLessThanOrEqual(base / 100n + 4n);
      }),
    );
  });

  it('is not accused where the blocks are not known, or where it told fractions', () => {
    expect(check(perfect(1n, 3n), { ...verdict(null), result: 'unknown' })).toEqual([]);
    expect(check({ ...perfect(1n, 170n), exact: false }, verdict(all))).toEqual([]);
  });
});
