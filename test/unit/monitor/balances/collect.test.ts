import { describe, expect, it, onTestFinished } from 'vitest';
import '../../devnet/minimal-chain.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { DevnetBeaconNode } from '../../../../devnet/api/beacon-node.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { BalanceCollector, collectSyncReward, type Asked } from '../../../../monitor/balances/index.ts';
import { clientOf } from '../../../support/beacon-server.ts';
import { busyChain } from '../ledger/busy-chain.ts';
import { blockFactsOf } from '../ledger/block-facts-of.ts';
import { shortDays } from '../ledger/ledger-run.ts';

const sim = busyChain({
  ...{ seed: 'collect', epochs: 12, operations: 0.1 },
  rates: { missedBlocks: 0.1, missedSync: 0.2 },
});
const { spec } = sim.context;

/** A node of the chain, and what it was asked. */
async function nodeOf(chain: Simulation) {
  const node = new DevnetBeaconNode(chain);
  onTestFinished(() => node.close());
  const client = clientOf({ url: await node.listen() });
  const operations: string[] = [];
  const asked: Asked = {
    ask: (call, signal) => {
      operations.push(call.operation);
      return client.ask(call, signal);
    },
  };
  return { node, asked, operations };
}

const everybody = Array.from({ length: 60 }, (_, index) => index);
const nothing = { unpaidProposals: [] };
const at = (number: number) => epoch(BigInt(number));

describe('balances of an epoch', () => {
  it('are those of the chain, at its ends, before every cut, and around what is asked for', async () => {
    const { asked } = await nodeOf(sim);
    const collector = new BalanceCollector(asked, spec, shortDays(3));
    const unpaidProposals = [{ validatorIndex: 7, slot: slot(34n) }];
    const found = await collector.epoch({ epoch: at(4), validators: everybody, unpaidProposals });
    const truth = (after: number) => [...sim.truth.balances(after)];
    const balances = (snapshot: typeof found.opening) =>
      [...snapshot].sort(([one], [other]) => one - other).map(([, { balanceGwei }]) => balanceGwei);
    expect(balances(found.opening)).toEqual(truth(31));
    expect(balances(found.closing)).toEqual(truth(39));
    // Days start in slots 33, 36 and 39.
    expect(found.points.map(({ slot: after }) => after)).toEqual([32n, 33n, 34n, 35n, 38n]);
    for (const { slot: after, balancesGwei } of found.points) {
      const all = truth(Number(after));
      const wanted = after === 33n || after === 34n ? [[7, all[7]]] : [...all.entries()];
      expect([...balancesGwei].sort(([one], [other]) => one - other)).toEqual(wanted);
    }
  });

  it('at the start are those at the end of the epoch before, and not asked for again', async () => {
    const { asked, operations } = await nodeOf(sim);
    const collector = new BalanceCollector(asked, spec, shortDays(8));
    await collector.epoch({ epoch: at(3), validators: [1, 2], ...nothing });
    const { opening } = await collector.epoch({ epoch: at(4), validators: [1, 2], ...nothing });
    expect(operations).toHaveLength(3);
    expect([...opening.keys()]).toEqual([1, 2]);
    // Who is watched since then is asked for alone, and who is not any more is left out.
    const later = await collector.epoch({ epoch: at(4), validators: [2, 3], ...nothing });
    expect(operations).toHaveLength(5);
    expect([...later.opening.keys()]).toEqual([2, 3]);
    expect(later.opening.get(3)!.balanceGwei).toBe(sim.truth.balances(31)[3]);
  });

  it('of epoch 0 begin with genesis', async () => {
    const { asked } = await nodeOf(sim);
    const collector = new BalanceCollector(asked, spec, shortDays(8));
    const { opening } = await collector.epoch({ epoch: at(0), validators: [5], ...nothing });
    expect(opening.get(5)!.balanceGwei).toBe(sim.truth.balances(0)[5]);
  });

  it('that are not final are not taken', async () => {
    const { asked } = await nodeOf(sim);
    const collector = new BalanceCollector(asked, spec, shortDays(8));
    const head = at(sim.epoch - 1);
    await expect(collector.epoch({ epoch: head, validators: [5], ...nothing })).rejects.toMatchObject({
      code: 'BALANCES_NOT_FINAL',
    });
  });
});

describe('the reward of a sync committee position', () => {
  const blocksOf = (number: number) =>
    Array.from({ length: 8 }, (_, offset) => sim.tree.canonicalAt(number * 8 + offset))
      .filter((node) => node !== undefined)
      .map(blockFactsOf);
  const committeeOf = (number: number) =>
    Uint32Array.from(
      sim.tree.stateAt(sim.tree.latestAt(number * 8 + 7), number * 8 + 7).currentSyncCommittee,
    );
  const truth = (number: number) => {
    const changes = sim.tree.canonicalAt(Number(blocksOf(number).at(-1)!.slot))!.journal.balances;
    return changes.find(({ component, gwei }) => component === 'sync' && gwei > 0n)!.gwei;
  };
  const EPOCHS = [1, 2, 5, 7];
  const ask = (nodes: Asked, number: number, blocks = blocksOf(number)) =>
    collectSyncReward(nodes, { spec, blocks, committee: committeeOf(number) });

  it('is what the node says', async () => {
    const { asked, operations } = await nodeOf(sim);
    for (const number of EPOCHS) expect(await ask(asked, number)).toBe(truth(number));
    expect(new Set(operations)).toEqual(new Set(['getSyncCommitteeRewards']));
  });

  it.each(['no answer', 'a penalty for who earned'])(
    'is what the balance of a member did: %s',
    async (why) => {
      const { node, asked, operations } = await nodeOf(sim);
      const change = (answer: unknown) => {
        const { data, ...rest } = answer as { data: { validator_index: string }[] };
        return { ...rest, data: data.map((each) => ({ ...each, reward: '-7' })) };
      };
      const fault =
        why === 'no answer'
          ? ({ kind: 'status', status: 500 } as const)
          : ({ kind: 'wrong', change } as const);
      node.faults.add(/rewards\/sync_committee/, fault);
      for (const number of EPOCHS) expect(await ask(asked, number)).toBe(truth(number));
      expect(operations).toContain('postStateValidatorBalances');
    },
  );

  it('is not known without a block', async () => {
    const { asked } = await nodeOf(sim);
    expect(await ask(asked, 2, [])).toBeNull();
  });
});
