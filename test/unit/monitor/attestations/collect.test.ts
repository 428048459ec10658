import { describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import type { BlockNode } from '../../../../devnet/simulation/block-tree.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { collectSeats, decidingSlot, type EpochSeats } from '../../../../monitor/attestations/index.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { RandomFaults } = await import('../../../../devnet/simulation/faults.ts');
const { committeesOf } = await import('../../../../devnet/chain/committees.ts');
const { seatsOn } = await import('../../../support/monitor-devnet.ts');
const { nodesOn } = await import('../../../support/monitor-nodes.ts');

const SLOTS = 8;
const WATCHED = [0, 3, 17, 40, 999];

function chain(epochs: number, options: { keepEpochs?: number } = {}): Simulation {
  const sim = createSimulation({
    preset: 'minimal',
    validators: 64,
    seed: 'seats',
    signatures: 'none',
    ...options,
  });
  sim.runEpochs(epochs);
  return sim;
}

const plain = (seats: EpochSeats) =>
  seats.slots.map(({ slot, starts, validators, positions, firstOf }) => [
    slot,
    ...[starts, validators, positions, firstOf].map((list) => [...list]),
  ]);

const collect = (sim: Simulation, { nodes }: Awaited<ReturnType<typeof nodesOn>>, of: number) =>
  collectSeats(
    nodes,
    {
      epoch: epoch(BigInt(of)),
      watched: WATCHED,
      headEpoch: epoch(BigInt(Math.floor(sim.tree.head.slot / SLOTS))),
    },
    sim.context.spec,
  );

const failure = (code: string) => expect.objectContaining({ code }) as Error;

describe('the seats of an epoch', () => {
  it.each([
    ['the one before', 4],
    ['this one', 5],
    ['the next', 6],
  ])('are asked of the head, one slot after the other: %s', async (_, of) => {
    const sim = chain(5);
    const world = await nodesOn(sim);
    const seats = await collect(sim, world, of);
    expect(plain(seats)).toEqual(plain(seatsOn(sim, of, WATCHED)));
    expect(seats.complete).toBe(true);
    expect(seats.members).toBe(64);
    expect(seats.unseated()).toEqual([999]);
    expect(world.asked).toEqual(
      Array.from(
        { length: SLOTS },
        (_unused, at) => `/eth/v1/beacon/states/head/committees?epoch=${of}&slot=${of * SLOTS + at}`,
      ),
    );
  });

  it('long ago are asked of a state of then', async () => {
    const sim = chain(9);
    const world = await nodesOn(sim);
    expect(plain(await collect(sim, world, 2))).toEqual(plain(seatsOn(sim, 2, WATCHED)));
    expect(world.asked.every((path) => path.startsWith('/eth/v1/beacon/states/16/'))).toBe(true);
    expect(world.asked.length).toBe(SLOTS);
  });

  it('are asked of a neighbour when a state is not there, and from then on of that one', async () => {
    const sim = chain(9);
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/states\/16\//, { kind: 'status', status: 404 });
    expect(plain(await collect(sim, world, 2))).toEqual(plain(seatsOn(sim, 2, WATCHED)));
    const states = world.asked.map((path) => /states\/(\w+)\//.exec(path)![1]);
    expect(states).toEqual(['16', ...Array<string>(SLOTS).fill('24')]);
  });

  it('that no node has any more are not found', async () => {
    const sim = chain(12, { keepEpochs: 1 });
    const world = await nodesOn(sim, 2);
    await expect(collect(sim, world, 2)).rejects.toThrow(failure('BEACON_NOT_FOUND'));
    await expect(collect(sim, world, 14)).rejects.toThrow(failure('BEACON_REFUSED'));
  });

  it('that contradict themselves are refused', async () => {
    const sim = chain(5);
    const world = await nodesOn(sim);
    const doubled = (answer: unknown) => {
      const { data } = answer as { data: { index: string }[] };
      return { data: data.map((each) => ({ ...each, index: (Number(each.index) + 1).toString() })) };
    };
    world.served[0]!.faults.add(/committees/, { kind: 'wrong', change: doubled });
    await expect(collect(sim, world, 5)).rejects.toThrow(failure('MONITOR_COMMITTEES_IMPOSSIBLE'));
  });

  it("from nodes that are down are nobody's", async () => {
    const sim = chain(5);
    const world = await nodesOn(sim);
    world.served[0]!.faults.add(/committees/, { kind: 'status', status: 503 });
    await expect(collect(sim, world, 5)).rejects.toThrow(failure('BEACON_UNREACHABLE'));
  });
});

describe('the slot that decides the committees of an epoch', () => {
  it('does: branches that share its root share them, others do not', () => {
    const outcomes = new Set<string>();
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const faults = new RandomFaults(seed, { orphanedBlocks: 0.15, reorgs: 0.15 });
      const sim = createSimulation({ preset: 'minimal', validators: 32, seed, signatures: 'none', faults });
      sim.runEpochs(12);
      const { rules, spec } = sim.context;
      const rootOn = (from: BlockNode, slot: number): string => {
        let node = from;
        while (node.slot > slot && node.parent !== null) node = node.parent;
        return node.root;
      };
      for (let at = 1; at <= sim.slot; at += 1) {
        for (const node of sim.tree.atSlot(at).filter((each) => !sim.tree.isCanonical(each))) {
          const here = Math.floor(at / SLOTS);
          for (const of of [here - 1, here, here + 1].filter((each) => each >= 0)) {
            const slot = Number(decidingSlot(epoch(BigInt(of)), spec));
            const canonical = committeesOf(rules, sim.tree.stateAt(sim.tree.latestAt(at), at), of);
            const same =
              JSON.stringify(committeesOf(rules, node.postState!, of)) === JSON.stringify(canonical);
            const shares = (upTo: number) => rootOn(node, upTo) === rootOn(sim.tree.head, upTo);
            const shared = shares(slot)
              ? 'as far as that'
              : slot > 0 && shares(slot - 1)
                ? 'one slot less'
                : 'less';
            outcomes.add(`${shared}: ${same ? 'the same' : 'others'}`);
          }
        }
      }
    }
    expect(outcomes).toContain('as far as that: the same');
    expect(outcomes).toContain('one slot less: others');
    expect(outcomes).not.toContain('as far as that: others');
  });
});
