import { describe, expect, it } from 'vitest';
import type { SimulationOptions } from '../../../devnet/simulation/create-simulation.ts';
import type { EventName } from '../../../devnet/simulation/events.ts';
import type { Simulation } from '../../../devnet/simulation/simulation.ts';
import { createSimulation, MINIMAL } from './minimal-chain.ts';
import { replayBalances, setCommittees } from './ledger-oracle.ts';

const { ssz } = await import('@lodestar/types');
const { RandomFaults, ScriptedFaults } = await import('../../../devnet/simulation/faults.ts');
const { committeesOf } = await import('../../../devnet/chain/committees.ts');
const { InvalidMessage } = await import('../../../devnet/chain/invalid.ts');
const { mistaken } = await import('../../../devnet/simulation/residents.ts');

setCommittees((sim, anchor, epoch) =>
  committeesOf(sim.context.rules, sim.tree.stateAt(anchor, epoch * MINIMAL.slotsPerEpoch), epoch),
);

const quick = (options: Partial<SimulationOptions> = {}): Simulation =>
  createSimulation({ preset: 'minimal', validators: 32, seed: 'test', signatures: 'none', ...options });

/** Without an address there are no withdrawals. */
const noWithdrawals = (index: number) => `0x00${index.toString(16).padStart(62, '0')}`;

const TROUBLE = {
  ...{ missedBlocks: 0.08, lateBlocks: 0.08, orphanedBlocks: 0.05, reorgs: 0.03 },
  ...{ missedVotes: 0.06, lateVotes: 0.08, wrongHeads: 0.05, wrongTargets: 0.04, missedSync: 0.05 },
};

function finalizedEpochs(sim: Simulation): number[] {
  const epochs: number[] = [];
  sim.events.listen((name, event) => {
    if (name === 'finalized_checkpoint') epochs.push((event as { epoch: number }).epoch);
  });
  return epochs;
}

describe('a sync committee period', () => {
  it('ends one slot early for who signs: the next committee is in the first block of its period', () => {
    const sim = quick();
    // The first two committees of a chain are the same; the third begins at 128 and the fourth at 192.
    sim.runEpochs(25);
    const committee = (slot: number) => sim.truth.sync(slot / 8).filter((each) => each.slot === slot);
    expect(committee(128).map(({ validator }) => validator)).not.toEqual(
      committee(120).map(({ validator }) => validator),
    );
    for (let epoch = 1; epoch < 25; epoch += 1)
      expect(sim.truth.sync(epoch).filter(({ hit }) => !hit)).toEqual([]);
  });
});

describe('balances', () => {
  it.each(['one', 'two', 'three'])('are what a second computation from the blocks gives (%s)', (seed) => {
    const sim = quick({
      seed,
      faults: new RandomFaults(seed, TROUBLE),
      withdrawalCredentials: noWithdrawals,
    });
    sim.runEpochs(16);
    const replayed = replayBalances(sim, sim.slot);
    for (let slot = 1; slot <= sim.slot; slot += 1) {
      expect({ slot, balances: sim.truth.balances(slot) }).toEqual({ slot, balances: replayed[slot] });
    }
  });

  it('are so in a leak too, and when it ends', () => {
    const faults = new ScriptedFaults().offline([...Array(12).keys()], 1, 12 * 8);
    const sim = quick({ faults, withdrawalCredentials: noWithdrawals });
    const finalized = finalizedEpochs(sim);
    sim.runEpochs(18);
    expect(sim.truth.earnings(0, sim.slot).get(0)!.inactivity).toBeLessThan(0n);
    expect(finalized[0]).toBeGreaterThan(10);
    expect(sim.truth.balances(sim.slot)).toEqual(replayBalances(sim, sim.slot).at(-1));
  });

  it('change by the sum of their components, between any two slots', () => {
    const sim = quick({ seed: 'identity', faults: new RandomFaults('identity', TROUBLE) });
    sim.runEpochs(12);
    for (const [from, to] of [
      [0, sim.slot],
      [7, 8],
      [13, 61],
      [23, 24],
      [40, 47],
    ] as const) {
      const earnings = sim.truth.earnings(from, to);
      sim.truth.balances(to).forEach((balance, index) => {
        const sum = Object.values(earnings.get(index) ?? {}).reduce((total, gwei) => total + gwei, 0n);
        expect(balance - sim.truth.balances(from)[index]!).toBe(sum);
      });
    }
    expect(sim.truth.earnings(0, sim.slot).get(1)!.withdrawal).toBeLessThan(0n);
  });
});

describe('finality', () => {
  it('follows two epochs behind when everybody votes', () => {
    const sim = quick();
    const finalized = finalizedEpochs(sim);
    sim.runEpochs(6);
    expect(finalized).toEqual([2, 3, 4]);
  });

  it('does not come while more than a third is silent, and comes back with them', () => {
    const faults = new ScriptedFaults().offline([...Array(11).keys()], 1, 6 * 8 - 1);
    const sim = quick({ faults });
    const finalized = finalizedEpochs(sim);
    sim.runEpochs(6);
    expect(finalized).toEqual([]);
    sim.runEpochs(4);
    expect(finalized.at(-1)).toBeGreaterThanOrEqual(6);
  });

  it('comes while less than a third is silent', () => {
    const sim = quick({ faults: new ScriptedFaults().offline([...Array(10).keys()], 1, 80) });
    const finalized = finalizedEpochs(sim);
    sim.runEpochs(6);
    // An epoch is only justified once its last votes are in, with the epoch after: so finality takes three.
    expect(finalized).toEqual([1, 2]);
  });
});

describe('the truth', () => {
  it('knows a missed, a late and an orphaned block for what they are', () => {
    const faults = new ScriptedFaults().setBlock(11, 'missed').setBlock(13, 'late').setBlock(15, 'orphaned');
    const sim = quick({ faults });
    const reorgs: number[] = [];
    sim.events.listen((name, event) => {
      if (name === 'chain_reorg') reorgs.push((event as { depth: number }).depth);
    });
    sim.runEpochs(3);
    const outcomes = Object.fromEntries(sim.truth.proposals(1).map(({ slot, outcome }) => [slot, outcome]));
    expect(outcomes).toMatchObject({ 11: 'missed', 13: 'included', 15: 'orphaned', 14: 'included' });
    expect(reorgs).toEqual([1]);
    const votes = sim.truth.votes(1);
    const at = (slot: number) => votes.filter((vote) => vote.slot === slot).map(({ included }) => included!);
    // Nobody could vote for the late block in time, and everybody voted for the one left behind.
    expect(at(13).every(({ matchesHead, slot }) => !matchesHead && slot === 14)).toBe(true);
    expect(at(15).every(({ matchesHead }) => !matchesHead)).toBe(true);
    expect(at(10).every(({ flags, slot }) => flags === 3 && slot === 12)).toBe(true);
    expect(at(9).every(({ flags, slot }) => flags === 7 && slot === 10)).toBe(true);
  });

  it('knows each mistake of a vote', () => {
    const plain = quick();
    plain.runEpochs(3);
    const [missed, late, wrongHead, wrongTarget] = plain.truth.votes(1);
    const faults = new ScriptedFaults()
      .setVote(missed!.slot, missed!.validator, { kind: 'missed' })
      .setVote(late!.slot, late!.validator, { kind: 'late', slots: 3 })
      .setVote(wrongHead!.slot, wrongHead!.validator, { kind: 'wrong_head' })
      .setVote(wrongTarget!.slot, wrongTarget!.validator, { kind: 'wrong_target' });
    const sim = quick({ faults });
    sim.runEpochs(3);
    const of = ({ validator }: { validator: number }) =>
      sim.truth.votes(1).find((vote) => vote.validator === validator)!.included;
    expect(of(missed!)).toBeNull();
    expect(of(late!)).toMatchObject({ slot: late!.slot + 4, flags: 2, matchesHead: true });
    expect(of(wrongHead!)).toMatchObject({ flags: 3, matchesHead: false, matchesTarget: true });
    expect(of(wrongTarget!)).toMatchObject({ flags: 1, matchesHead: false, matchesTarget: false });
  });

  it('knows a deep re-org, and nothing finalized is left behind', () => {
    const faults = new ScriptedFaults().setReorg(30, 3).setReorg(60, 1000);
    const sim = quick({ faults });
    const roots = new Map<number, string>();
    const events: EventName[] = [];
    sim.events.listen((name) => events.push(name));
    for (let slot = 1; slot <= 72; slot += 1) {
      sim.runSlot();
      roots.set(slot, sim.tree.head.root);
    }
    const lost = [...roots].filter(([slot, root]) => sim.tree.canonicalAt(slot)?.root !== root);
    expect(lost.map(([slot]) => slot).slice(0, 3)).toEqual([27, 28, 29]);
    expect(lost.map(([slot]) => slot).filter((slot) => slot > 30)[0]).toBeGreaterThanOrEqual(40);
    expect(events.filter((name) => name === 'chain_reorg')).toHaveLength(2);
  });
});

describe('a run', () => {
  const run = (seed: string): string => {
    const sim = quick({ seed, faults: new RandomFaults('faults', TROUBLE) });
    sim.runEpochs(4);
    return sim.tree.head.root;
  };

  it('is the same for the same seed, and another for another', () => {
    expect(run('a')).toBe(run('a'));
    expect(run('a')).not.toBe(run('b'));
  });

  it('goes on through the Fulu fork, with the proposers known an epoch ahead', () => {
    const sim = quick({ rules: { FULU_FORK_EPOCH: 3 } });
    sim.runEpochs(3);
    expect(sim.headState().proposerLookahead).toHaveLength(16);
    const ahead = sim.headState().proposerLookahead!.slice(8);
    sim.runEpochs(2);
    expect(sim.truth.proposals(4).map(({ proposer }) => proposer)).toEqual(ahead);
    expect(sim.context.spec.forks.findLast(({ name }) => name === 'fulu')?.epoch).toBe(3n);
  });
});

describe('with real signatures', () => {
  const sim = createSimulation({ preset: 'minimal', validators: 16, seed: 'signed', external: [0] });
  for (let slot = 0; slot < 9; slot += 1) sim.runSlot();
  const vote = () => {
    const state = sim.headState();
    const { bySlot } = committeesOf(sim.context.rules, state, sim.epoch);
    const slot = sim.slot;
    const validator = bySlot[slot % 8]![0]![0]!;
    const honest = sim.residents.attestations(state, sim.tree.head.root, () => ({ kind: 'none' }))[0]!.data;
    return { validator, single: sim.residents.vote(validator, 0, honest) };
  };

  it('takes a vote that is signed, and none that is not', () => {
    const { single } = vote();
    expect(() => sim.publishAttestation(single)).not.toThrow();
    const forged = sim.residents.vote(single.attesterIndex, 0, mistaken(single.data, { kind: 'wrong_head' }));
    expect(() => sim.publishAttestation({ ...single, signature: forged.signature })).toThrow(InvalidMessage);
    expect(() => sim.publishAttestation({ ...single, signature: new Uint8Array(96) })).toThrow(
      InvalidMessage,
    );
    const members = committeesOf(sim.context.rules, sim.headState(), 1).bySlot[sim.slot % 8]![0]!;
    const outsider = [...Array(16).keys()].find((index) => !members.includes(index))!;
    const theirs = sim.residents.vote(outsider, 0, single.data);
    expect(() => sim.publishAttestation(theirs)).toThrow('is not in committee 0');
    expect(() => sim.publishAttestation({ ...single, committeeIndex: 1 })).toThrow('no committee 1');
  });

  it('takes no block with a foreign signature, a wrong state root or a forged randao', () => {
    // A slot whose proposer is a resident, but missed: the block is then published by hand.
    const blocks = createSimulation({
      ...{ preset: 'minimal', validators: 16, seed: 'blocks' },
      faults: new ScriptedFaults(),
    });
    blocks.runSlot();
    const good = blocks.tree.head.signed;
    const twin = createSimulation({
      preset: 'minimal',
      validators: 16,
      seed: 'blocks',
      external: Array(16).keys(),
    });
    twin.beginSlot();
    const altered = (change: (block: typeof good) => void) => {
      const copy = ssz.electra.SignedBeaconBlock.clone(good);
      change(copy);
      return () => twin.publishBlock(copy);
    };
    expect(altered((block) => (block.signature = new Uint8Array(96)))).toThrow(InvalidMessage);
    expect(altered((block) => (block.message.stateRoot = new Uint8Array(32)))).toThrow(InvalidMessage);
    expect(altered((block) => (block.message.body.graffiti = new Uint8Array(32).fill(1)))).toThrow(
      InvalidMessage,
    );
    expect(twin.tree.head.slot).toBe(0);
    twin.publishBlock(good);
    expect(twin.tree.head.root).toBe(blocks.tree.head.root);
  });
});
