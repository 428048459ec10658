import { describe, expect, it } from 'vitest';
import { BeaconNode } from '../../../../beacon/beacon-node.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import { epoch } from '../../../../core/units.ts';
import { ChainWatch } from '../../../../signer/watch/chain-watch.ts';
import { keyPast } from '../../../../signer/watch/key-past.ts';
import { DoppelgangerWatch } from '../../../../signer/watch/doppelganger-watch.ts';
import { ValidatorIndices } from '../../../../signer/watch/validator-indices.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { startBeaconNode, type TinyBeaconNode } from '../../../support/signer-beacon-node.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { att, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const VALIDATORS = '/eth/v1/beacon/states/head/validators';
const liveness = (at: number) => `/eth/v1/validator/liveness/${at}`;
const rewards = (at: number) => `/eth/v1/beacon/rewards/attestations/${at}`;

interface OnChain {
  readonly status?: string;
  readonly slashed?: boolean;
}

/** Answers in the shape of the recorded ones: KEY_A is validator 0, KEY_B validator 3. */
function tell(node: TinyBeaconNode, a: OnChain = {}, b: OnChain = {}): void {
  const validator = (
    index: string,
    pubkey: string,
    { status = 'active_ongoing', slashed = false }: OnChain,
  ) => ({
    index,
    balance: '32000000000',
    status,
    validator: { pubkey, slashed, effective_balance: '32000000000' },
  });
  node.answer(VALIDATORS, { data: [validator('0', KEY_A, a), validator('3', KEY_B, b)], finalized: false });
}

function tellLiveness(node: TinyBeaconNode, at: number, ...live: string[]): void {
  node.answer(liveness(at), { data: ['0', '3'].map((index) => ({ index, is_live: live.includes(index) })) });
}

/** At slot 83 (epoch 10), with two keys that voted 8 -> `target`. */
async function watched(options: { target?: number; epochs?: bigint; nodes?: number } = {}) {
  const { target, epochs = 2n } = options;
  const world = new DisasterWorld();
  const guard = world.open();
  for (const key of [KEY_A, KEY_B]) {
    await guard.admitKey(key, false);
    if (target !== undefined) await verdict(guard, key, att(target - 1, target));
  }
  const node = await startBeaconNode();
  node.setClock(83n);
  tell(node);
  const doppelganger = new DoppelgangerWatch(
    epochs,
    (pubkey) => keyPast(guard, pubkey),
    () => world.time.clock.currentEpoch(),
  );
  const indices = new ValidatorIndices();
  const watch = new ChainWatch({
    nodes: [new BeaconNode(node.url)],
    indices,
    guard,
    doppelganger,
    clock: world.time.clock,
    pubkeys: () => [KEY_A, KEY_B],
    log: createLogger('silent'),
  });
  return { world, guard, node, doppelganger, watch, indices };
}

const resolved = (disturb: (node: TinyBeaconNode) => void) => (node: TinyBeaconNode) => {
  disturb(node);
  return Promise.resolve();
};

describe('a key under watch', () => {
  it('is let go after its epochs were seen to be quiet', async () => {
    const { world, node, doppelganger, watch } = await watched({ target: 7 });
    expect(doppelganger.silent([KEY_A, KEY_B])).toHaveLength(2);
    for (const [slot, at] of [
      [88, 11],
      [96, 12],
    ] as const) {
      world.time.moveTo(slot);
      node.setClock(BigInt(slot));
      tellLiveness(node, at);
      tellLiveness(node, at - 1);
      await watch.check();
    }
    expect(doppelganger.silent([KEY_A, KEY_B])).toEqual([]);
  });

  it.each([
    ['the network in this epoch', liveness(10), { data: [{ index: '3', is_live: true }] }],
    ['the network in the last epoch', liveness(9), { data: [{ index: '3', is_live: true }] }],
  ])('that is seen on %s is frozen, durably, and the other is not', async (_where, path, answer) => {
    const { world, guard, node, watch } = await watched({ target: 7 });
    node.answer(path, answer);
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen?.reason).toContain('signs elsewhere');
    expect(guard.statusOf(KEY_A).frozen).toBeNull();
    await guard.close();
    expect(await verdict(world.open(), KEY_B, att(9, 10))).toBe('KEY_FROZEN');
  });

  it('that the chain shows is frozen, although the node has forgotten what it saw', async () => {
    const { world, guard, node, watch, doppelganger } = await watched({ target: 7 });
    doppelganger.silent([KEY_A, KEY_B]);
    world.time.moveTo(96);
    node.setClock(96n);
    const zero = { head: '0', target: '0', source: '0' };
    node.answer(rewards(10), {
      data: {
        ideal_rewards: [],
        total_rewards: [
          { validator_index: '0', ...zero, head: '-3' },
          { validator_index: '3', ...zero, source: '19565.4375' },
        ],
      },
    });
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen).not.toBeNull();
    expect(guard.statusOf(KEY_A).frozen).toBeNull();
  });

  it.each([
    ['is unreachable', (node: TinyBeaconNode) => node.close()],
    ['is behind', resolved((node) => node.setClock(96n, 40n))],
    [
      'does not offer liveness',
      resolved((node) => [10, 11].forEach((at) => node.answer(liveness(at), {}, 405))),
    ],
    [
      'answers nonsense',
      resolved((node) => node.answer(liveness(11), { data: [{ index: 0, is_live: 'no' }] })),
    ],
    [
      'leaves the key out',
      resolved((node) => [10, 11].forEach((at) => node.answer(liveness(at), { data: [] }))),
    ],
  ])('stays silent when the node %s', async (_what, disturb) => {
    const { world, node, doppelganger, watch } = await watched({ target: 7, epochs: 1n });
    doppelganger.silent([KEY_A]);
    world.time.moveTo(96);
    node.setClock(96n);
    tellLiveness(node, 12);
    tellLiveness(node, 11);
    await disturb(node);
    await watch.check();
    expect(doppelganger.silent([KEY_A])).toEqual([KEY_A]);
  });

  it('that is not active on the chain is let go: it cannot have signed', async () => {
    const { world, node, doppelganger, watch } = await watched({ epochs: 1n });
    doppelganger.silent([KEY_A, KEY_B]);
    tell(node, { status: 'pending_queued' });
    world.time.moveTo(88);
    node.setClock(88n);
    await watch.check();
    expect(doppelganger.silent([KEY_A, KEY_B])).toEqual([KEY_B]);
  });
});

describe('at the start', () => {
  it.each([
    [7, 9, 'a database that knows votes up to epoch 7'],
    [9, 10, 'a database that knows votes up to epoch 9'],
  ])('a vote seen beyond target %i in epoch %i stops %s', async (target, at) => {
    const { node, watch } = await watched({ target });
    tellLiveness(node, at, '3');
    await expect(watch.assertDatabaseIsNewest()).rejects.toMatchObject({
      code: 'CHAIN_NEWER_THAN_DATABASE',
      exitCode: 3,
    });
  });

  it('what the database knows is no news, nor is what the floor covers or another signer may do', async () => {
    const { node, watch, guard } = await watched({ target: 9 });
    tellLiveness(node, 9, '0', '3');
    await watch.assertDatabaseIsNewest();
    await guard.operator.handOver([KEY_B], epoch(10n), { by: 'tester', reason: 'moving' });
    tellLiveness(node, 10, '3');
    await watch.assertDatabaseIsNewest();
    tellLiveness(node, 10, '0');
    await expect(watch.assertDatabaseIsNewest()).rejects.toThrow();
    const act = { by: 'tester', reason: 'accepted' };
    await guard.operator.acceptHistory({ slot: 84n, source: 9n, target: 10n } as never, act, false);
    await watch.assertDatabaseIsNewest();
  });

  it('a node that does not answer stops nothing', async () => {
    const { node, watch } = await watched({ target: 7 });
    await node.close();
    await watch.assertDatabaseIsNewest();
  });
});

describe('a validator of ours that was slashed', () => {
  it('freezes everything, once: the operator can go on without it', async () => {
    const { guard, node, watch } = await watched({ target: 9, epochs: 0n });
    tell(node, { slashed: true, status: 'active_slashed' });
    await watch.check();
    expect(guard.protection.frozen?.reason).toContain('slashed');
    expect(await verdict(guard, KEY_B, att(9, 10))).toBe('ALL_FROZEN');
    await guard.operator.unfreeze('all', { by: 'tester', reason: 'looked' });
    await watch.check();
    expect(guard.protection.frozen).toBeNull();
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('KEY_FROZEN');
    expect(await verdict(guard, KEY_B, att(9, 10))).toBe('released');
  });

  it('long ago freezes itself only', async () => {
    const { guard, node, watch } = await watched({ epochs: 0n });
    tell(node, { slashed: true, status: 'withdrawal_done' });
    await watch.check();
    expect(guard.protection.frozen).toBeNull();
    expect(guard.statusOf(KEY_A).frozen).not.toBeNull();
  });
});

describe('the circuit breaker', () => {
  it('trips for a slashed key that was frozen already, once', async () => {
    const { guard, node, watch } = await watched({ target: 9 });
    const act = { by: 'tester', reason: 'maintenance' };
    await guard.operator.freeze([KEY_B], act);
    tell(node, {}, { slashed: true, status: 'active_slashed' });
    await watch.check();
    expect(guard.protection.frozen?.reason).toContain('was slashed');
    await guard.operator.unfreeze('all', act);
    await watch.check();
    expect(guard.protection.frozen).toBeNull();
    expect(guard.statusOf(KEY_B).frozen?.reason).toContain('slashed');
  });
});

describe('a sighting', () => {
  it('that the record explains freezes nothing: the key voted in that epoch before it came here', async () => {
    const { guard, node, watch, doppelganger } = await watched({ epochs: 2n });
    await guard.importInterchange(
      streamOf(
        documentOf(
          keyEntry(KEY_B, [], [attEntry(9, 10)]),
          keyEntry(KEY_A, [blockEntry(81)], [attEntry(8, 9)]),
        ),
      ),
    );
    tellLiveness(node, 10, '0', '3');
    tellLiveness(node, 9, '0', '3');
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen).toBeNull();
    expect(guard.statusOf(KEY_A).frozen).toBeNull();
    expect(doppelganger.silent([KEY_A, KEY_B])).toHaveLength(2);
  });

  it('freezes once: what the operator lifts stays lifted until the key is seen anew', async () => {
    const { world, guard, node, watch } = await watched({ target: 7 });
    tellLiveness(node, 10, '3');
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen).not.toBeNull();
    await guard.operator.unfreeze([KEY_B], { by: 'tester', reason: 'found it' });
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen).toBeNull();
    world.time.moveTo(88);
    node.setClock(88n);
    tellLiveness(node, 11, '3');
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen).not.toBeNull();
  });

  it('that the database does not know freezes the key when the node was away at the start', async () => {
    const { guard, node, watch } = await watched({ target: 9 });
    tell(node);
    tellLiveness(node, 10, '3');
    await watch.check();
    expect(guard.statusOf(KEY_B).frozen?.reason).toContain('epoch 10');
    expect(guard.statusOf(KEY_A).frozen).toBeNull();
  });
});

it('signatures below the boot floor do not prove that this instance made them', async () => {
  const { guard, doppelganger } = await watched({ target: 10 });
  const act = { by: 'tester', reason: 'from another machine' };
  await guard.operator.acceptHistory({ slot: 84n, source: 9n, target: 10n } as never, act, false);
  expect(doppelganger.silent([KEY_A, KEY_B])).toHaveLength(2);
});
describe('the validator indices of our keys', () => {
  const of = (indices: ValidatorIndices) => [indices.of(KEY_A), indices.of(KEY_B)];

  it('are known once a node has told them, already at the start', async () => {
    const { watch, indices } = await watched({ target: 9 });
    expect(of(indices)).toEqual([null, null]);
    await watch.assertDatabaseIsNewest();
    expect(of(indices)).toEqual([0n, 3n]);
  });

  it('stay when the node falls silent, and follow it when it corrects itself', async () => {
    const { node, watch, indices } = await watched({ target: 9 });
    await watch.check();
    node.answer(VALIDATORS, '{}', 503);
    await watch.check();
    expect(of(indices)).toEqual([0n, 3n]);
    const other = { balance: '0', status: 'active_ongoing', index: '5' };
    node.answer(VALIDATORS, {
      data: [{ ...other, validator: { pubkey: KEY_A, slashed: false, effective_balance: '0' } }],
      finalized: false,
    });
    await watch.check();
    expect(of(indices)).toEqual([5n, 3n]);
  });
});
