import { SecretKey } from '@chainsafe/blst';
import { describe, expect, it } from 'vitest';
import type { SimulationOptions } from '../../../devnet/simulation/create-simulation.ts';
import type { Simulation } from '../../../devnet/simulation/simulation.ts';
import { compoundingCredentials, createSimulation, withdrawalAddress } from './minimal-chain.ts';

const { interopSecretKey } = await import('../../../devnet/chain/interop-keys.ts');
const { Twin } = await import('../../../devnet/simulation/twin.ts');
const { InvalidMessage } = await import('../../../devnet/chain/invalid.ts');

const ETH = 1_000_000_000n;
const YOUNG = { SHARD_COMMITTEE_PERIOD: 1, MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 2 };

const chain = (options: Partial<SimulationOptions> = {}): Simulation =>
  createSimulation({
    ...{ preset: 'minimal', validators: 32, seed: 'operations', signatures: 'none', rules: YOUNG },
    ...options,
  });

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
const keyOf = (sim: Simulation, index: number) => bytes(sim.headState().validators[index]!.pubkey);
const addressOf = (index: number) => bytes(withdrawalAddress(index));

/** Every balance is what it was before and what the components say, at the end of every epoch of the run. */
function expectNothingUnexplained(sim: Simulation): void {
  for (let from = 0; from + 8 <= sim.slot; from += 8) {
    const earnings = sim.truth.earnings(from, from + 8);
    const before = sim.truth.balances(from);
    sim.truth.balances(from + 8).forEach((balance, index) => {
      const explained = Object.values(earnings.get(index) ?? {}).reduce((sum, gwei) => sum + gwei, 0n);
      expect([from, index, balance - (before[index] ?? 0n)]).toEqual([from, index, explained]);
    });
  }
}

const earned = (sim: Simulation, index: number) => sim.truth.earnings(0, sim.slot).get(index)!;

describe('withdrawals', () => {
  it('sweep what is above 32 ETH, and leave a compounding validator alone', () => {
    const credentials = (index: number) => (index === 1 ? compoundingCredentials(1) : undefined);
    const sim = chain({
      withdrawalCredentials: (index) =>
        credentials(index) ?? `0x01${'00'.repeat(11)}${withdrawalAddress(index).slice(2)}`,
      balanceGwei: () => 33n * ETH,
    });
    sim.runEpochs(3);
    expect(earned(sim, 0).withdrawal).toBeLessThan(-ETH);
    expect(earned(sim, 1).withdrawal).toBe(0n);
    const withdrawn = sim.tree.canonicalAt(1)!.signed.message.body.executionPayload.withdrawals;
    expect(withdrawn.map(({ validatorIndex }) => validatorIndex)).toEqual([0, 2, 3, 4]);
    expect(withdrawn[0]!.address).toEqual(addressOf(0));
    expectNothingUnexplained(sim);
  });

  it('that are asked for come out of a compounding validator, as far as 32 ETH', () => {
    const sim = chain({ withdrawalCredentials: compoundingCredentials, balanceGwei: () => 40n * ETH });
    sim.runEpochs(2);
    const request = { sourceAddress: addressOf(3), validatorPubkey: keyOf(sim, 3), amount: 5n * ETH };
    sim.operations.requestWithdrawal(request);
    sim.operations.requestWithdrawal({ ...request, sourceAddress: addressOf(4), amount: 1n * ETH });
    sim.runEpochs(12);
    expect(earned(sim, 3).withdrawal).toBe(-5n * ETH);
    expectNothingUnexplained(sim);
  });
});

describe('a deposit', () => {
  it('becomes an active validator after finality and the queue', () => {
    const sim = chain();
    sim.runEpochs(1);
    sim.operations.requestDeposit({
      pubkey: new Uint8Array(48).fill(0xab),
      withdrawalCredentials: bytes(compoundingCredentials(99)),
      amount: Number(64n * ETH),
      signature: new Uint8Array(96),
      index: 0n,
    });
    sim.runEpochs(14);
    const state = sim.headState();
    expect(state.validators).toHaveLength(33);
    expect(state.validators[32]).toMatchObject({ effectiveBalance: 64n * ETH });
    expect(state.validators[32]!.activationEpoch).toBeLessThan(sim.epoch);
    expect(earned(sim, 32).deposit).toBe(64n * ETH);
    expect(sim.truth.votes(sim.epoch - 2).some(({ validator }) => validator === 32)).toBe(true);
    expectNothingUnexplained(sim);
  });

  it('without a proof of possession makes no validator', () => {
    const sim = createSimulation({ preset: 'minimal', validators: 8, seed: 'deposit', rules: YOUNG });
    const key = SecretKey.fromKeygen(Buffer.alloc(32, 'depositor'));
    sim.operations.requestDeposit({
      pubkey: key.toPublicKey().toBytes(),
      withdrawalCredentials: bytes(compoundingCredentials(99)),
      amount: Number(32n * ETH),
      signature: key.sign(Buffer.alloc(32, 'something else')).toBytes(),
      index: 0n,
    });
    sim.runEpochs(5);
    expect(sim.headState().pendingDeposits).toEqual([]);
    expect(sim.headState().validators).toHaveLength(8);
  });
});

describe('a consolidation', () => {
  const rules = { ...YOUNG, MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA: 256_000_000_000 };

  it('moves the effective balance, and the rest is swept', () => {
    const sim = chain({ rules, withdrawalCredentials: compoundingCredentials });
    sim.runEpochs(2);
    const request = { sourceAddress: addressOf(5), sourcePubkey: keyOf(sim, 5), targetPubkey: keyOf(sim, 6) };
    sim.operations.requestConsolidation(request);
    sim.runEpochs(12);
    expect(earned(sim, 5).consolidation).toBe(-32n * ETH);
    expect(earned(sim, 6).consolidation).toBe(32n * ETH);
    // What it earned since is swept, but for the slots that it still has in a sync committee.
    expect(earned(sim, 5).withdrawal).toBeLessThan(0n);
    expect(sim.headState().balances[5]).toBeLessThan(100_000n);
    expect(sim.headState().validators[6]!.effectiveBalance).toBe(64n * ETH);
    expectNothingUnexplained(sim);
  });

  it('with itself is the switch to compounding: the excess leaves and comes back', () => {
    const sim = chain({ rules, balanceGwei: (index) => (index === 31 ? 50n * ETH : 32n * ETH) });
    const own = { sourceAddress: addressOf(31), sourcePubkey: keyOf(sim, 31), targetPubkey: keyOf(sim, 31) };
    sim.operations.requestConsolidation(own);
    // The first block comes before the sweep has got as far as the last validator.
    sim.runEpochs(6);
    const { compounding_excess: left, deposit } = earned(sim, 31);
    expect(left).toBeLessThanOrEqual(-18n * ETH + ETH);
    expect(deposit).toBe(-left);
    expectNothingUnexplained(sim);
  });
});

describe('an exit', () => {
  const exitOf = async (index: number, epoch: number, sim: Simulation) => {
    const { ssz } = await import('@lodestar/types');
    const { computeDomain, computeSigningRoot } = await import('../../../core/chain/signing-root.ts');
    const { forkNamed } = await import('../../../core/chain/chain-spec.ts');
    const { bytesOf } = await import('../../../core/units.ts');
    const message = { epoch, validatorIndex: index };
    const { version } = forkNamed(sim.context.spec, 'capella')!;
    const domain = computeDomain(Uint8Array.of(4, 0, 0, 0), version, sim.context.spec.genesisValidatorsRoot);
    const root = computeSigningRoot(ssz.phase0.VoluntaryExit.hashTreeRoot(message), domain);
    return { message, signature: interopSecretKey(index).sign(bytesOf(root)).toBytes() };
  };

  it('ends the duties, and the balance is withdrawn', async () => {
    const sim = createSimulation({ preset: 'minimal', validators: 8, seed: 'exit', rules: YOUNG });
    await expect(async () => sim.publishExit(await exitOf(2, 0, sim))).rejects.toThrow('too young');
    sim.runEpochs(1);
    const forged = { ...(await exitOf(2, 0, sim)), signature: (await exitOf(3, 0, sim)).signature };
    expect(() => sim.publishExit(forged)).toThrow(InvalidMessage);
    sim.publishExit(await exitOf(2, 0, sim));
    sim.runEpochs(10);
    const { exitEpoch } = sim.headState().validators[2]!;
    expect(exitEpoch).toBe(1 + 1 + 4);
    expect(sim.truth.votes(exitEpoch - 1).some(({ validator }) => validator === 2)).toBe(true);
    expect(sim.truth.votes(exitEpoch).some(({ validator }) => validator === 2)).toBe(false);
    expect(earned(sim, 2).withdrawal).toBeLessThan(-31n * ETH);
    expectNothingUnexplained(sim);
  });
});

describe('a twin', () => {
  it('puts a second vote on the chain, and is slashed when somebody reports it', () => {
    const sim = createSimulation({
      preset: 'minimal',
      validators: 8,
      seed: 'twin',
      signatures: 'none',
      rules: YOUNG,
    });
    for (let slot = 0; slot < 10; slot += 1) sim.runSlot();
    const { validator } = sim.truth.votes(1).find(({ slot }) => slot === sim.slot)!;
    const twin = new Twin(sim, new Map([[validator, interopSecretKey(validator)]]));
    const [honest] = sim.attestations.seen(1, validator);
    const forged = twin.vote(validator);
    sim.runSlot();
    expect(sim.truth.votes(1).find((vote) => vote.validator === validator)!.included!.dataRoots).toHaveLength(
      2,
    );
    twin.report(validator, sim.attestations.dataOf(honest!)!, forged.data);
    sim.runSlot();
    expect(sim.headState().validators[validator]!.slashed).toBe(true);
    expect(earned(sim, validator).slashing_initial).toBe((-32n * ETH) / 4096n);
    const other = (validator + 1) % 8;
    expect(() => twin.vote(other)).toThrow(InvalidMessage);
    // Halfway to being withdrawable the correlated part is due: 32 epochs on with this preset.
    sim.runEpochs(34);
    expect(earned(sim, validator).slashing_correlation).toBeLessThan(-ETH);
    expectNothingUnexplained(sim);
  });

  it('makes a second block, which is known but not the chain’s', () => {
    const sim = createSimulation({ preset: 'minimal', validators: 8, seed: 'blocks' });
    sim.runSlot();
    const first = sim.tree.head;
    const proposer = first.signed.message.proposerIndex;
    new Twin(sim, new Map([[proposer, interopSecretKey(proposer)]])).propose(proposer);
    expect(sim.tree.atSlot(1)).toHaveLength(2);
    expect(sim.tree.head).toBe(first);
    sim.runSlot();
    expect(sim.tree.head.parent).toBe(first);
  });
});
