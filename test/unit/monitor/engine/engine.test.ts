import '../../devnet/minimal-chain.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { epoch, slot, type Root } from '../../../../core/units.ts';
import { toldBy, truthOf } from './truth-of.ts';
import { engineWorld, type WorldOptions } from './world.ts';

const { backfill } = await import('../../../../monitor/engine/backfill.ts');
const { RandomFaults, ScriptedFaults } = await import('../../../../devnet/simulation/faults.ts');

const RATES = {
  ...{ missedBlocks: 0.08, lateBlocks: 0.05, orphanedBlocks: 0.05, reorgs: 0.03 },
  ...{ missedVotes: 0.05, lateVotes: 0.1, wrongHeads: 0.05, wrongTargets: 0.03, missedSync: 0.05 },
};
const WATCH = [0, 3, 7, 11, 31];

async function world(options: Partial<WorldOptions> = {}) {
  const made = await engineWorld({ watch: WATCH, ...options });
  onTestFinished(made.close);
  let engine = made.start();
  return {
    ...made,
    restart: () => (engine = made.start()),
    engine: () => engine,
    /** Runs slots; after each of them, or of those that are chosen, the engine has a round. */
    async run(slots: number, looks: (slot: number) => boolean = () => true) {
      for (let left = slots; left > 0; left -= 1) {
        made.sim.runSlot();
        if (!looks(made.sim.slot)) continue;
        await made.nodes.check();
        await engine.round();
      }
    },
    /** Every record so far is the truth. */
    expectTruth() {
      for (const record of made.records) {
        const expected = truthOf(made.sim, Number(record.epoch), WATCH, record.parts.length);
        expect(toldBy(record)).toEqual(expected);
      }
      expect(made.store.gaps(epoch(0n), made.records.at(-1)?.epoch ?? epoch(0n))).toEqual([]);
    },
  };
}

/** All that reports and splits read. */
const contents = ({ store }: Awaited<ReturnType<typeof world>>) => ({
  ledger: store.query.ledgerRows({}, {}, { limit: 10_000 }).rows,
  exceptions: store.query.exceptions({}, {}, { limit: 10_000 }).rows,
  proposals: store.query.proposals({}, {}, { limit: 10_000 }).rows,
  sync: store.query.syncTallies({}, {}, { limit: 10_000 }).rows,
  events: store.query.events({}, {}, { limit: 10_000 }).rows,
});

describe('what is written down', () => {
  it('is the truth of every duty, and every balance is explained, whatever goes wrong', async () => {
    const made = await world({ faults: new RandomFaults('one', RATES) });
    await made.run(20 * 8);
    expect([made.tasks.errors.head, made.tasks.errors.finality]).toEqual([0, 0]);
    expect(made.records.length).toBeGreaterThan(12);
    made.expectTruth();
  });

  it('is the same, whenever the monitor looked and however often it was restarted', async () => {
    const seed = { faults: new RandomFaults('two', RATES), seed: 'same' };
    const [calm, tossed] = [await world(seed), await world(seed)];
    const pick = new RandomFaults('restarts', { missedBlocks: 0.15, lateBlocks: 0.35 });
    await calm.run(16 * 8);
    for (let at = 0; at < 16 * 8; at += 1) {
      const toss = pick.block(at);
      if (toss === 'missed') tossed.restart();
      await tossed.run(1, () => toss === 'late');
    }
    tossed.restart();
    await tossed.engine().round();
    expect(tossed.records.length).toBeGreaterThan(8);
    tossed.expectTruth();
    expect(contents(tossed)).toEqual(contents(calm));
  });

  it('waits while nothing is final, and catches up when it is again', async () => {
    const offline = Array.from({ length: 14 }, (_, at) => at + 2);
    const faults = new ScriptedFaults().offline(offline, 5 * 8, 13 * 8 - 1);
    const made = await world({ faults });
    await made.run(13 * 8);
    const during = made.records.length;
    expect(made.engine().head?.slot).toBe(slot(BigInt(made.sim.slot)));
    await made.run(8 * 8);
    expect(made.records.length).toBeGreaterThan(during + 8);
    expect(
      made.records.flatMap(({ parts }) => parts).some(({ attestationGwei }) => attestationGwei < 0n),
    ).toBe(true);
    made.expectTruth();
  });
});

it('a block that an event told of is brought, whatever branch it is in, also when it could not be had at once', async () => {
  const made = await world();
  await made.run(8);
  const { sim } = made;
  const at = sim.slot;
  const [block] = sim.tree.atSlot(at);
  const told = {
    kind: 'block',
    block: { slot: slot(BigInt(at)), root: block!.root as Root },
  } as const;
  const engine = made.restart();
  made.beaconNodes[0]!.faults.add(/beacon.blocks/, { kind: 'status', status: 404 });
  await expect(engine.note(told)).rejects.toMatchObject({ code: 'BEACON_NOT_FOUND' });
  await engine.round();
  expect(made.blocks).toEqual([]);
  made.beaconNodes[0]!.faults.clear();
  await engine.round();
  expect(made.blocks).toMatchObject([{ root: block!.root, slot: BigInt(at) }]);
  await engine.round();
  expect(made.blocks).toHaveLength(1);
});

describe('a node', () => {
  it('that is gone for a while costs nothing', async () => {
    const made = await world({ nodes: 2, faults: new RandomFaults('three', RATES) });
    const [one, two] = made.beaconNodes;
    await made.run(5 * 8);
    one!.conditions.syncing = true;
    await made.run(4 * 8);
    one!.conditions.syncing = false;
    two!.conditions.optimistic = true;
    await made.run(4 * 8);
    expect(made.records.length).toBeGreaterThan(6);
    made.expectTruth();
  });

  it('that tells no rewards of votes is not needed for them: blocks and formulas give the same', async () => {
    const faults = new RandomFaults('formulas', RATES);
    const [told, untold] = [await world({ faults }), await world({ faults })];
    untold.beaconNodes[0]!.faults.add(/rewards.attestations/, { kind: 'status', status: 404 });
    for (const made of [told, untold]) await made.run(12 * 8);
    const rewardsOf = ({ records }: typeof told) =>
      records.slice(0, 8).flatMap((record) => record.voteRewards);
    const computed = rewardsOf(untold);
    expect(new Set(computed.map(({ method }) => method))).toEqual(new Set(['blocks']));
    expect(computed.length).toBeGreaterThan(25);
    const known = new Map(
      rewardsOf(told).map((reward) => [`${reward.validatorIndex}/${reward.epoch}`, reward]),
    );
    for (const reward of computed) {
      const endpoint = known.get(`${reward.validatorIndex}/${reward.epoch}`);
      expect(endpoint).toEqual({ ...reward, method: 'endpoint' });
    }
    untold.expectTruth();
  });

  it('whose rewards contradict the blocks is not believed', async () => {
    const faults = new RandomFaults('liar', RATES);
    const [honest, lied] = [await world({ faults }), await world({ faults })];
    lied.beaconNodes[0]!.faults.add(/rewards.attestations/, {
      kind: 'wrong',
      // What was earned is called a penalty, of one validator.
      change: (answer) => {
        const { data, ...rest } = answer as { data: { total_rewards: Record<string, string>[] } };
        const total = data.total_rewards.map((row) =>
          row['validator_index'] === '7'
            ? { ...row, target: `-${row['target']?.replace('-', '') ?? ''}` }
            : row,
        );
        return { ...rest, data: { ...data, total_rewards: total } };
      },
    });
    for (const made of [honest, lied]) await made.run(12 * 8);
    const of = ({ records }: typeof lied) =>
      records.flatMap((record) => record.voteRewards).filter(({ validatorIndex }) => validatorIndex === 7);
    const perfect = of(lied).filter(({ method }) => method === 'blocks');
    expect(perfect.length).toBeGreaterThan(3);
    expect(perfect.map((reward) => ({ ...reward, method: 'endpoint' }))).toEqual(
      of(honest).filter(({ epoch: at }) => perfect.some((reward) => reward.epoch === at)),
    );
    const ledger = (made: typeof lied) =>
      made.records.flatMap(({ parts }) => parts.map((part) => ({ ...part, method: 'any' })));
    expect(ledger(lied)).toEqual(ledger(honest));
    lied.expectTruth();
  });

  it('that calls all rewards higher than they are is found out by the formulas', async () => {
    const made = await world();
    made.beaconNodes[0]!.faults.add(/rewards.attestations/, {
      kind: 'wrong',
      // Twice the source reward for everybody, and twice the ideal one: nothing in it contradicts itself.
      change: (answer) => {
        const { data, ...rest } = answer as { data: Record<string, Record<string, string>[]> };
        const twice = (rows: Record<string, string>[] = []) =>
          rows.map((row) => ({ ...row, source: `${2n * BigInt(row['source'] ?? '0')}` }));
        return {
          ...rest,
          data: { ideal_rewards: twice(data['ideal_rewards']), total_rewards: twice(data['total_rewards']) },
        };
      },
    });
    await made.run(14 * 8);
    const compared = made.records.find(({ epoch: at }) => at === 8n)?.voteRewards ?? [];
    expect(compared.map(({ method }) => method)).toEqual(WATCH.map(() => 'blocks'));
    expect(made.records.find(({ epoch: at }) => at === 7n)?.voteRewards[0]?.method).toBe('endpoint');
  });

  it('that takes twice what a missed vote costs is not believed, though nobody knows all balances', async () => {
    const made = await world({ faults: new RandomFaults('penalties', { ...RATES, missedVotes: 0.2 }) });
    const twice = (text = '0') => `${text.startsWith('-') ? 2n * BigInt(text) : text}`;
    made.beaconNodes[0]!.faults.add(/rewards.attestations/, {
      kind: 'wrong',
      change: (answer) => {
        const { data, ...rest } = answer as { data: { total_rewards: Record<string, string>[] } };
        const total = data.total_rewards.map((row) => ({
          ...row,
          ...{ source: twice(row['source']), target: twice(row['target']) },
        }));
        return { ...rest, data: { ...data, total_rewards: total } };
      },
    });
    await made.run(14 * 8);
    const missed = made.records
      // At the end of a period of the sync committee there is nothing to measure it by.
      .filter(({ epoch: at }) => (at + 1n) % 8n !== 0n)
      .flatMap(({ attestations, voteRewards }) =>
        attestations
          .filter(({ result }) => result === 'missed')
          .map(({ validatorIndex }) =>
            voteRewards.find((reward) => reward.validatorIndex === validatorIndex),
          ),
      );
    expect(missed.length).toBeGreaterThan(3);
    expect(new Set(missed.map((reward) => reward?.method))).toEqual(new Set(['balance']));
  });

  it('whose rewards of the sync committee are wrong is believed about votes', async () => {
    const made = await world({ faults: new RandomFaults('penalties', { ...RATES, missedVotes: 0.2 }) });
    made.beaconNodes[0]!.faults.add(/rewards.sync_committee/, {
      kind: 'wrong',
      change: (answer) => {
        const { data, ...rest } = answer as { data: { reward: string }[] };
        return { ...rest, data: data.map((row) => ({ ...row, reward: `${2n * BigInt(row.reward)}` })) };
      },
    });
    await made.run(14 * 8);
    const rewards = made.records.flatMap(({ voteRewards }) => voteRewards);
    expect(rewards.filter(({ gwei }) => gwei < 0n).length).toBeGreaterThan(3);
    expect(new Set(rewards.map(({ method }) => method))).toEqual(new Set(['endpoint']));
  });

  it('that says nothing of rewards leaves the others to the balance, and nothing is unexplained', async () => {
    const made = await world();
    made.beaconNodes[0]!.faults.add(/beacon.rewards|beacon.states.[0-9]+.finality/, {
      kind: 'status',
      status: 404,
    });
    await made.run(8 * 8);
    const parts = made.records.slice(2).flatMap((record) => record.parts);
    expect(new Set(parts.map(({ method }) => method))).toEqual(new Set(['balance']));
    expect(parts.every(({ attestationGwei }) => attestationGwei > 0n)).toBe(true);
    made.expectTruth();
  });
});

describe('a gap', () => {
  it('waits to be repaired while no node is a source of truth, as long as somebody has patience', async () => {
    const made = await world();
    const [node] = made.beaconNodes;
    const last = epoch(5n);
    // Nobody looks while they pass.
    await made.run(10 * 8, () => false);
    const parts = made.parts();
    node!.conditions.syncing = true;
    await made.nodes.check();
    const range = { from: epoch(0n), until: last };
    await expect(backfill(parts, range, () => undefined)).rejects.toMatchObject({ code: 'BEACON_NO_TRUTH' });
    let waits = 0;
    const result = await backfill(
      parts,
      range,
      () => undefined,
      async () => {
        waits += 1;
        node!.conditions.syncing = waits < 3;
        await made.nodes.check();
        return true;
      },
    );
    expect(waits).toBe(3);
    expect(result).toMatchObject({ repaired: 6, failed: [] });
    expect(made.store.gaps(epoch(0n), last)).toEqual([]);
  });

  it('is left where a node has forgotten, told, and repaired by one that has not', async () => {
    const made = await world({ faults: new RandomFaults('four', RATES) });
    const [node] = made.beaconNodes;
    await made.run(4 * 8);
    // As a pruning node: blocks and states of a while ago are gone.
    node!.faults.add(/beacon.(states|blocks).[0-9]+|beacon.states.[0-9]+/, { kind: 'status', status: 404 });
    await made.run(2 * 8);
    made.restart();
    await made.run(10 * 8);
    node!.faults.clear();
    await made.run(6 * 8);
    const last = made.records.at(-1)!.epoch;
    const gaps = made.store.gaps(epoch(0n), last);
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.every(({ skipped }) => skipped !== null)).toBe(true);
    const result = await backfill(made.parts(), { from: epoch(0n), until: last }, () => undefined);
    expect(result.failed).toEqual([]);
    expect(made.store.gaps(epoch(0n), last)).toEqual([]);
    const calm = await world({ faults: new RandomFaults('four', RATES) });
    await calm.run(22 * 8);
    expect(contents(made)).toEqual(contents(calm));
    const again = await backfill(made.parts(), { from: epoch(0n), until: last }, () => undefined);
    expect(again).toEqual({ repaired: 0, failed: [] });
  });
});
