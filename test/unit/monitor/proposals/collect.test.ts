import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { epoch, parseRoot, slot } from '../../../../core/units.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import {
  collectProposalFacts,
  dutiesOfWatched,
  judgeProposals,
  ProposerSchedule,
  type FactsWanted,
} from '../../../../monitor/proposals/index.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { RandomFaults, ScriptedFaults } = await import('../../../../devnet/simulation/faults.ts');
const { dutiesOn, everybody, factsOf, viewOf } = await import('../../../support/monitor-devnet.ts');
const { nodesOn } = await import('../../../support/monitor-nodes.ts');

const SLOTS = 8;
const at = (number: number) => epoch(BigInt(number));
const failure = (code: string) => expect.objectContaining({ code }) as Error;

/** Slot 10 is missed, the block of slot 12 is left behind; both in epoch 1. */
function chain(): Simulation {
  const faults = new ScriptedFaults().setBlock(10, 'missed').setBlock(12, 'orphaned');
  const sim = createSimulation({
    preset: 'minimal',
    validators: 32,
    seed: 'turns',
    signatures: 'none',
    faults,
  });
  sim.setFeeRecipient(dutiesOn(sim, 1)[4]!.validatorIndex, new Uint8Array(20).fill(0x12));
  sim.runEpochs(3);
  return sim;
}

type World = Awaited<ReturnType<typeof nodesOn>>;

async function verdictsOf(sim: Simulation, { nodes }: World, of: number, parts: Partial<FactsWanted> = {}) {
  const range = { first: slot(BigInt(of * SLOTS)), last: slot(BigInt(of * SLOTS + SLOTS - 1)) };
  const watched = parts.watched ?? everybody(sim);
  const duties = await new ProposerSchedule(nodes, sim.context.spec).of(at(of), null);
  const wanted = {
    ...{ range, watched, duties: dutiesOfWatched(duties ?? [], watched) },
    view: viewOf(sim, of * SLOTS, of * SLOTS + SLOTS - 1),
    ...parts,
  };
  const facts = await collectProposalFacts(nodes, wanted, sim.context.spec);
  return judgeProposals({ ...wanted, facts, now: slot(BigInt(sim.slot)) }).verdicts;
}

describe('what became of turns, by what a node tells', () => {
  it('is the truth, with what the blocks say and earned', async () => {
    const sim = chain();
    const verdicts = await verdictsOf(sim, await nodesOn(sim), 1);
    const truth = sim.truth.proposals(1);
    expect(truth.map(({ outcome }) => outcome)).toContain('missed');
    expect(
      verdicts.map((each) => [Number(each.slot), each.validatorIndex, each.result, each.blockRoot]),
    ).toEqual(truth.map((each) => [each.slot, each.proposer, each.outcome, each.root]));
    for (const { result, slot: where, feeRecipient, validatorIndex, rewardGwei } of verdicts) {
      const [made] = sim.tree.atSlot(Number(where));
      const paid = made === undefined ? null : toHex(made.signed.message.body.executionPayload.feeRecipient);
      expect([where, feeRecipient]).toEqual([where, paid]);
      const { journal } = sim.tree.canonicalAt(Number(where)) ?? {};
      const earned = (journal?.balances ?? [])
        .filter((each) => each.validator === validatorIndex && each.slot === Number(where))
        .filter(({ component }) => /^proposer_|^attester_slashings/.test(component))
        .reduce((sum, { gwei }) => sum + gwei, 0n);
      expect([where, rewardGwei]).toEqual([where, result === 'included' ? earned : null]);
    }
    expect(verdicts.find((each) => each.slot === 12n)!.feeRecipient).toBe(`0x${'12'.repeat(20)}`);
    expect(verdicts.some(({ rewardGwei }) => rewardGwei !== null && rewardGwei > 0n)).toBe(true);
  });

  it('is so over many epochs of trouble', async () => {
    const faults = new RandomFaults('turns', { missedBlocks: 0.1, orphanedBlocks: 0.15, reorgs: 0.05 });
    const sim = createSimulation({
      preset: 'minimal',
      validators: 24,
      seed: 'turns',
      signatures: 'none',
      faults,
    });
    sim.runEpochs(13);
    const world = await nodesOn(sim);
    for (let of = 0; of < 12; of += 1) {
      const verdicts = await verdictsOf(sim, world, of);
      expect(
        verdicts.map((each) => [Number(each.slot), each.validatorIndex, each.result, each.blockRoot]),
      ).toEqual(sim.truth.proposals(of).map((each) => [each.slot, each.proposer, each.outcome, each.root]));
    }
  });

  it('costs a question only for those who are watched', async () => {
    const sim = chain();
    const world = await nodesOn(sim);
    const [included] = sim.truth.proposals(1).filter(({ outcome }) => outcome === 'included');
    const [missed] = sim.truth.proposals(1).filter(({ outcome }) => outcome === 'missed');
    const twice = sim.truth.proposals(1).filter(({ proposer }) => proposer === included!.proposer);
    await verdictsOf(sim, world, 1, { watched: new Set([included!.proposer]) });
    expect(world.asked.slice(1)).toEqual(twice.map((each) => `/eth/v1/beacon/rewards/blocks/${each.root}`));
    world.asked.length = 0;
    await verdictsOf(sim, world, 1, { watched: new Set([missed!.proposer]) });
    expect(world.asked).toContain(`/eth/v1/beacon/headers?slot=10`);
    expect(world.asked.some((path) => path.startsWith('/eth/v1/beacon/headers?slot=12'))).toBe(false);
    world.asked.length = 0;
    await verdictsOf(sim, world, 1, { watched: new Set([999]) });
    expect(world.asked).toEqual(['/eth/v1/validator/duties/proposer/1']);
  });
});

describe('nodes that do not tell', () => {
  const resultAt = async (sim: Simulation, world: World, where: number, parts: Partial<FactsWanted> = {}) =>
    (await verdictsOf(sim, world, 1, parts)).find((verdict) => verdict.slot === BigInt(where))!;

  it.each([
    [404, 'missed'],
    [500, 'unknown'],
    [503, 'unknown'],
    [400, 'unknown'],
  ])('what was seen, with status %i: the turn is %s', async (status, result) => {
    const sim = chain();
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/beacon\/headers$/, { kind: 'status', status });
    expect((await resultAt(sim, world, 10)).result).toBe(result);
    expect((await resultAt(sim, world, 12)).result).toBe(result);
    expect((await resultAt(sim, world, 11)).result).toBe('included');
  });

  it('the truth about a slot: the turn is unknown', async () => {
    const sim = chain();
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/beacon\/headers$/, {
      kind: 'wrong',
      change: () => ({ data: [{ root: 'x' }] }),
    });
    expect((await resultAt(sim, world, 10)).result).toBe('unknown');
  });

  it('what was seen: an event that told of the block is enough, and of another one is not', async () => {
    const sim = chain();
    const world = await nodesOn(sim);
    const [left] = sim.tree.atSlot(12);
    const facts = factsOf(sim, left!);
    const told = { root: facts.root, slot: facts.slot, proposerIndex: facts.proposerIndex };
    const other = { ...told, root: parseRoot(`0x${'77'.repeat(32)}`, 'root'), proposerIndex: 999 };
    for (const fault of ['none', 'headers'] as const) {
      if (fault === 'headers') world.served[0]!.faults.add(/headers$/, { kind: 'status', status: 500 });
      const verdict = await resultAt(sim, world, 12, { alsoSeen: [other, told] });
      expect(verdict).toMatchObject({ result: 'orphaned', blockRoot: facts.root, graffiti: facts.graffiti });
    }
    expect((await resultAt(sim, world, 12, { alsoSeen: [other] })).result).toBe('unknown');
    world.served[0]!.faults.clear();
    world.served[0]!.faults.add(/headers$/, { kind: 'status', status: 404 });
    expect((await resultAt(sim, world, 12, { alsoSeen: [told] })).result).toBe('orphaned');
  });

  it('the block that was left behind: its root stands', async () => {
    const sim = chain();
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/v2\/beacon\/blocks/, { kind: 'status', status: 404 });
    expect(await resultAt(sim, world, 12)).toMatchObject({
      ...{ result: 'orphaned', blockRoot: sim.tree.atSlot(12)[0]!.root, feeRecipient: null, graffiti: null },
    });
  });

  it('what a block earned, or tell of somebody else: it is not known', async () => {
    const sim = chain();
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/rewards\/blocks/, { kind: 'status', status: 500 });
    expect(await resultAt(sim, world, 11)).toMatchObject({ result: 'included', rewardGwei: null });
    world.served[0]!.faults.clear();
    const change = (answer: unknown) => {
      const { data } = answer as { data: object };
      return { data: { ...data, proposer_index: '31337' } };
    };
    world.served[0]!.faults.add(/rewards\/blocks/, { kind: 'wrong', change });
    expect((await resultAt(sim, world, 11)).rewardGwei).toBeNull();
  });
});

describe('the schedule of proposers', () => {
  const rootOf = (number: number) => parseRoot(`0x${number.toString(16).padStart(64, '0')}`, 'root');

  it('is asked for once an epoch, and again when the chain before it is another', async () => {
    const sim = chain();
    const { nodes, asked } = await nodesOn(sim);
    const schedule = new ProposerSchedule(nodes, sim.context.spec);
    const duties = await schedule.of(at(3), rootOf(1));
    expect(dutiesOfWatched(duties!, everybody(sim))).toEqual(dutiesOn(sim, 3));
    expect(await schedule.of(at(3), rootOf(1))).toBe(duties);
    expect(asked.length).toBe(1);
    await schedule.of(at(3), rootOf(2));
    expect(asked.length).toBe(2);
    // What came before the next epoch is not known yet, and then it is.
    await schedule.of(at(4), null);
    await schedule.of(at(4), null);
    expect(asked.length).toBe(3);
    await schedule.of(at(4), rootOf(3));
    expect(asked.length).toBe(4);
  });

  it('is let go of when the node names another root than it did, or when told to', async () => {
    const sim = chain();
    const { nodes, asked } = await nodesOn(sim);
    const schedule = new ProposerSchedule(nodes, sim.context.spec);
    await schedule.of(at(3), null);
    const named = parseRoot(sim.tree.latestAt(3 * SLOTS - 1).root, 'root');
    expect(schedule.nodeSays(at(3), named)).toBe(false);
    expect(schedule.nodeSays(at(2), rootOf(1))).toBe(false);
    expect(schedule.nodeSays(at(3), rootOf(1))).toBe(true);
    await schedule.of(at(3), null);
    await schedule.of(at(2), null);
    expect(asked.length).toBe(3);
    schedule.forgetFrom(at(3));
    await schedule.of(at(2), null);
    await schedule.of(at(3), null);
    expect(asked.length).toBe(4);
  });

  it('is kept of the latest epochs asked for only', async () => {
    const sim = chain();
    sim.runEpochs(8);
    const { nodes, asked } = await nodesOn(sim);
    const schedule = new ProposerSchedule(nodes, sim.context.spec);
    for (let of = 0; of < 9; of += 1) await schedule.of(at(of), null);
    for (let of = 8; of > 0; of -= 1) await schedule.of(at(of), null);
    expect(asked.length).toBe(9);
    await schedule.of(at(0), null);
    expect(asked.length).toBe(10);
  });

  it('that no node knows is null, and what was known of another chain is not given instead', async () => {
    const sim = chain();
    const { nodes, served } = await nodesOn(sim);
    const schedule = new ProposerSchedule(nodes, sim.context.spec);
    expect(await schedule.of(at(40), null)).toBeNull();
    await schedule.of(at(3), rootOf(1));
    served[0]!.faults.add(/proposer/, { kind: 'status', status: 503 }, 1);
    expect(await schedule.of(at(3), rootOf(2))).toBeNull();
    served[0]!.faults.add(/proposer/, { kind: 'wrong', change: () => ({ data: 'no' }) }, 1);
    await expect(schedule.of(at(3), rootOf(1))).rejects.toThrow(failure('BEACON_BAD_ANSWER'));
    expect((await schedule.of(at(3), rootOf(1)))!.length).toBe(SLOTS);
  });
});
