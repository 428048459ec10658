import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import { SyncCommittees, syncSeats, tallySync } from '../../../../monitor/sync-committees/index.ts';
import { toyChain, toySpec } from '../../../support/monitor-blocks.ts';
import { createSimulation } from '../../devnet/minimal-chain.ts';

const { nodesOn } = await import('../../../support/monitor-nodes.ts');

/** Epochs of a period, and slots of an epoch, of the minimal preset. */
const PERIOD = 8;
const SLOTS = 8;
const spec = toySpec(8);
const failure = (code: string) => expect.objectContaining({ code }) as Error;
const at = (number: number) => epoch(BigInt(number));

describe('the tally of sync duties', () => {
  const bits = (...set: number[]) =>
    Uint8Array.from({ length: 6 }, (_, position) => (set.includes(position) ? 1 : 0));
  const seats = syncSeats(0n, Uint32Array.of(5, 9, 5, 7, 9, 5), new Set([5, 7, 42]));
  const rows: Record<number, Uint8Array | null> = {
    ...{ 8: bits(0, 2, 5), 9: bits(0, 1, 3), 12: bits(), 16: bits(0, 1, 2, 3, 4, 5), 7: bits(3) },
  };
  const viewOf = (slots: readonly number[], from = 8, to = 16) =>
    new CanonicalView({
      ...{ from: slot(BigInt(from)), to: slot(BigInt(to)) },
      blocks: toyChain(slots, (each) => ({ syncBits: rows[each] ?? null })),
    });

  it('counts every position, in blocks of the epoch only, against the whole committee', () => {
    expect(tallySync(at(1), seats, viewOf([7, 8, 9, 12, 16], 7), spec)).toEqual([
      { validatorIndex: 5, epoch: 1n, positions: 3, due: 9, hit: 4, committeeDue: 18, committeeHit: 6 },
      { validatorIndex: 7, epoch: 1n, positions: 1, due: 3, hit: 1, committeeDue: 18, committeeHit: 6 },
    ]);
  });

  it('is of nothing where there were no blocks, and of nobody where nobody serves', () => {
    const [five] = tallySync(at(1), seats, viewOf([]), spec);
    expect(five).toMatchObject({ positions: 3, due: 0, hit: 0, committeeDue: 0, committeeHit: 0 });
    const nobody = syncSeats(0n, Uint32Array.of(1, 2), new Set([42]));
    expect(tallySync(at(1), nobody, viewOf([]), spec)).toEqual([]);
  });

  it('leaves out blocks without a sync aggregate, as before Altair, and genesis', () => {
    expect(tallySync(at(1), seats, viewOf([8, 10]), spec)[0]).toMatchObject({
      due: 3,
      hit: 3,
      committeeDue: 6,
    });
    const genesis = new CanonicalView({
      ...{ from: slot(0n), to: slot(7n) },
      blocks: toyChain([0, 7], () => ({ syncBits: bits(0) })),
    });
    expect(tallySync(at(0), seats, genesis, spec)[0]).toMatchObject({ due: 3, hit: 1 });
  });

  it("is refused of bits that are not the committee's, and of blocks that begin too late", () => {
    const short = new CanonicalView({
      ...{ from: slot(8n), to: slot(9n) },
      blocks: toyChain([8], () => ({ syncBits: new Uint8Array(5) })),
    });
    expect(() => tallySync(at(1), seats, short, spec)).toThrow(failure('MONITOR_BLOCK_IMPOSSIBLE'));
    expect(() => tallySync(at(1), seats, viewOf([9], 9), spec)).toThrow(failure('MONITOR_CHAIN_NOT_COVERED'));
  });
});

describe('sync committees', () => {
  const chain = (epochs: number): Simulation => {
    const sim = createSimulation({ preset: 'minimal', validators: 24, seed: 'sync', signatures: 'none' });
    sim.runEpochs(epochs);
    return sim;
  };
  const everybody = new Set(Array(24).keys());
  const positionsOf = (members: readonly number[]) =>
    new Map(
      [...everybody].flatMap((validator) => {
        const positions = members.flatMap((member, position) => (member === validator ? position : []));
        return positions.length === 0 ? [] : [[validator, positions] as const];
      }),
    );

  it('are asked of the head, this one and the next, once a period', async () => {
    const sim = chain(PERIOD + 2);
    const { nodes, asked } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    const { currentSyncCommittee, nextSyncCommittee } = sim.headState();
    for (const each of [PERIOD, PERIOD + 3, 2 * PERIOD - 1]) {
      const { size, period, positions } = await committees.seats(at(each), everybody, at(PERIOD + 2));
      expect({ size, period }).toEqual({ size: 32, period: 1n });
      expect(new Map([...positions].sort(([one], [other]) => one - other))).toEqual(
        positionsOf(currentSyncCommittee),
      );
    }
    const next = await committees.next(new Set([...everybody].slice(0, 5)), at(PERIOD + 2));
    const few = [...positionsOf(nextSyncCommittee)].filter(([validator]) => validator < 5);
    expect(new Map([...next!.positions].sort(([one], [other]) => one - other))).toEqual(new Map(few));
    expect(next!.period).toBe(2n);
    expect(asked).toEqual([
      `/eth/v1/beacon/states/head/sync_committees?epoch=${PERIOD}`,
      `/eth/v1/beacon/states/head/sync_committees?epoch=${2 * PERIOD}`,
    ]);
  });

  it('of the past are asked of a state of then', async () => {
    const sim = chain(2 * PERIOD + 1);
    const { nodes, asked } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    const then = sim.tree.stateAt(sim.tree.latestAt(3 * SLOTS), 3 * SLOTS).currentSyncCommittee;
    const { positions } = await committees.seats(at(3), everybody, at(2 * PERIOD + 1));
    expect(new Map([...positions].sort(([one], [other]) => one - other))).toEqual(positionsOf(then));
    expect(asked).toEqual([`/eth/v1/beacon/states/${3 * SLOTS}/sync_committees?epoch=3`]);
  });

  it('are asked for again when told to forget, from that period on', async () => {
    const sim = chain(PERIOD + 2);
    const { nodes, asked } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    const head = at(PERIOD + 2);
    await committees.seats(at(PERIOD), everybody, head);
    await committees.next(everybody, head);
    committees.forgetFrom(at(2 * PERIOD + 3));
    await committees.seats(at(PERIOD), everybody, head);
    expect(asked.length).toBe(2);
    await committees.next(everybody, head);
    expect(asked.length).toBe(3);
  });

  it('are kept of the latest periods asked for only', async () => {
    const sim = chain(4 * PERIOD + 1);
    const { nodes, asked } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    const of = (period: number) => committees.seats(at(period * PERIOD), everybody, at(4 * PERIOD + 1));
    for (const period of [0, 1, 2, 3, 4, 4, 3, 2, 1]) await of(period);
    expect(asked.length).toBe(5);
    await of(0);
    expect(asked.length).toBe(6);
  });

  it('that no node tells are null when they are the next, and an error when they are needed', async () => {
    const sim = chain(2);
    const { nodes, served } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    served[0]!.faults.add(/sync_committees/, { kind: 'status', status: 404 });
    expect(await committees.next(everybody, at(2))).toBeNull();
    await expect(committees.seats(at(2), everybody, at(2))).rejects.toThrow(failure('BEACON_NOT_FOUND'));
  });

  it("of another size than the network's are refused", async () => {
    const sim = chain(2);
    const { nodes, served } = await nodesOn(sim);
    const committees = new SyncCommittees(nodes, sim.context.spec);
    const change = () => ({ data: { validators: ['1', '2'], validator_aggregates: [] } });
    served[0]!.faults.add(/sync_committees/, { kind: 'wrong', change });
    await expect(committees.seats(at(2), everybody, at(2))).rejects.toThrow(
      failure('MONITOR_COMMITTEES_IMPOSSIBLE'),
    );
  });
});
