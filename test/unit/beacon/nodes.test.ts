import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BeaconNodes, createBeaconMetrics, header, type BeaconNodesOptions } from '../../../beacon/index.ts';
import { apiRequest, simpleCall } from '../../../beacon/node/call.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import { VigilError } from '../../../core/errors.ts';
import type { Root } from '../../../core/units.ts';
import { rootOf, startChainNode, type ChainNode } from '../../support/beacon-chain-node.ts';
import { recordingOf } from '../../support/beacon-recorded.ts';
import { json } from '../../support/beacon-server.ts';

const spec = recordingOf('electra-minimal').spec();
const HEAD = '/eth/v1/beacon/headers/head';

interface World {
  readonly nodes: BeaconNodes;
  readonly registry: Registry;
  readonly log: string[];
  clockSlot: bigint;
}

function worldOf(toys: readonly { url: string }[], options: Partial<BeaconNodesOptions> = {}): World {
  const log: string[] = [];
  const registry = new Registry();
  const genesisMs = Number(spec.genesisTimeSeconds) * 1000;
  const time = () => genesisMs + Number(world.clockSlot) * spec.slotDurationMs;
  const nodes = new BeaconNodes(
    {
      urls: toys.map(({ url }) => url),
      client: { retry: { attempts: 1, baseMs: 1, maxMs: 1 }, timeoutMs: 2000 },
      ...options,
    },
    {
      spec,
      clock: new SlotClock(spec, time),
      log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
      metrics: createBeaconMetrics(registry),
    },
  );
  onTestFinished(() => nodes.stop());
  const world: World = { nodes, registry, log, clockSlot: 100n };
  return world;
}

const start = (count: number): Promise<ChainNode[]> =>
  Promise.all(Array.from({ length: count }, () => startChainNode(spec)));

const errorOf = async (call: Promise<unknown>): Promise<VigilError> => {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof VigilError)) throw error;
  return error;
};

const doubts = ({ nodes }: World) => nodes.report().map(({ doubt }) => doubt);
const selected = ({ nodes }: World) => nodes.report().findIndex((node) => node.selected);

describe('calls', () => {
  it('go to the first node while it is well, and to no other', async () => {
    const [one, two] = await start(2);
    const { nodes } = worldOf([one!, two!]);
    for (let times = 0; times < 5; times += 1) await nodes.ask(header('head'));
    expect([one!.calls(HEAD), two!.calls(HEAD)]).toEqual([5, 0]);
  });

  it.each<[string, (node: ChainNode) => void]>([
    ['hangs up', (node) => (node.down = true)],
    ['is busy', (node) => node.instead.set(HEAD, json({}, 503))],
    ['cannot compute it', (node) => node.instead.set(HEAD, json({}, 500))],
    ['refuses', (node) => node.instead.set(HEAD, json({}, 403))],
    ['lies', (node) => node.instead.set(HEAD, json({ data: {} }))],
    ['does not have it', (node) => node.instead.set(HEAD, json({}, 404))],
    ['answers optimistically', (node) => (node.optimisticAnswers = true)],
  ])('go to the next node when the best one %s', async (_name, spoil) => {
    const [one, two] = await start(2);
    two!.extend(101n);
    const { nodes } = worldOf([one!, two!]);
    await nodes.check();
    spoil(one!);
    expect((await nodes.ask(header('head'))).data.slot).toBe(101n);
  });

  it('come back to the first node when it has been well for a while', async () => {
    const [one, two] = await start(2);
    const world = worldOf([one!, two!]);
    await world.nodes.check();
    one!.down = true;
    await world.nodes.check();
    expect([selected(world), ...doubts(world)]).toEqual([1, 'unreachable', null]);
    one!.down = false;
    await world.nodes.check();
    // Well again, but on probation.
    expect([selected(world), ...doubts(world)]).toEqual([1, null, null]);
    await world.nodes.check();
    expect(selected(world)).toBe(0);
    await world.nodes.ask(header('head'));
    expect([one!.calls(HEAD), two!.calls(HEAD)]).toEqual([1, 0]);
  });

  it('leave a node that fails between two checks', async () => {
    const [one, two] = await start(2);
    const world = worldOf([one!, two!]);
    await world.nodes.check();
    one!.instead.set(HEAD, (_request, response) => void response.destroy());
    for (let times = 0; times < 4; times += 1) await world.nodes.ask(header('head'));
    expect([one!.calls(HEAD), two!.calls(HEAD)]).toEqual([1, 4]);
  });

  it('that would do something twice stay with the first node that was tried', async () => {
    const [one, two] = await start(2);
    const { nodes } = worldOf([one!, two!]);
    await nodes.check();
    one!.instead.set(HEAD, json({}, 503));
    const request = { ...apiRequest('getBlockHeader', { at: { block_id: 'head' } }), idempotent: false };
    const once = simpleCall(request, () => ({ data: null, executionOptimistic: false, finalized: null }));
    await errorOf(nodes.ask(once));
    expect([one!.calls(HEAD), two!.calls(HEAD)]).toEqual([1, 0]);
  });

  it('end when the caller gives up, with no other node asked', async () => {
    const [one, two] = await start(2);
    const { nodes } = worldOf([one!, two!]);
    await nodes.check();
    const caller = new AbortController();
    one!.instead.set(HEAD, () => caller.abort(new Error('shutting down')));
    await expect(nodes.ask(header('head'), caller.signal)).rejects.toThrow('shutting down');
    expect(two!.calls(HEAD)).toBe(0);
  });
});

describe('a node is not asked', () => {
  it.each<[string, (node: ChainNode) => void, string]>([
    ['syncing', (node) => (node.sync.isSyncing = true), 'syncing'],
    ['optimistic', (node) => (node.sync.isOptimistic = true), 'optimistic'],
    ['of another network', (node) => (node.genesisValidatorsRoot = rootOf(1n)), 'wrong network'],
    ['behind the other one', (node) => node.extend(96n), 'behind'],
    ['ahead of the clock', (node) => node.extend(103n), 'ahead of the clock'],
    [
      'without a sync status',
      (node) => node.instead.set('/eth/v1/node/syncing', json({ data: {} })),
      'unreachable',
    ],
    ['without a genesis', (node) => node.instead.set('/eth/v1/beacon/genesis', json({}, 404)), 'unreachable'],
  ])('that is %s', async (_name, spoil, doubt) => {
    const [one, two] = await start(2);
    spoil(one!);
    const world = worldOf([one!, two!]);
    await world.nodes.ask(header('head'));
    expect(doubts(world)).toEqual([doubt, null]);
    expect([one!.calls(HEAD), two!.calls(HEAD)]).toEqual([0, 1]);
  });

  it('that changed its network while it was away', async () => {
    const [one, two] = await start(2);
    const world = worldOf([one!, two!]);
    await world.nodes.check();
    one!.down = true;
    await world.nodes.check();
    Object.assign(one!, { down: false, genesisValidatorsRoot: rootOf(1n) });
    await world.nodes.check();
    expect(doubts(world)).toEqual(['wrong network', null]);
  });

  it('that is one of many in the future, and none of the others is behind it', async () => {
    const [one, two] = await start(2);
    one!.extend(5000n);
    const world = worldOf([one!, two!]);
    await world.nodes.check();
    expect(doubts(world)).toEqual(['ahead of the clock', null]);
  });

  it('once an answer of it was optimistic, until a check says otherwise', async () => {
    const [one, two] = await start(2);
    const world = worldOf([one!, two!]);
    await world.nodes.check();
    one!.optimisticAnswers = true;
    await world.nodes.ask(header('head'));
    expect(doubts(world)).toEqual(['optimistic', null]);
    await world.nodes.check();
    expect(doubts(world)).toEqual([null, null]);
  });
});

describe('no answer', () => {
  it('is given while no node is a source of truth, and it says why', async () => {
    const [one, two] = await start(2);
    one!.sync.isSyncing = true;
    two!.down = true;
    const { nodes } = worldOf([one!, two!]);
    const { code, message } = await errorOf(nodes.ask(header('head')));
    expect(code).toBe('BEACON_NO_TRUTH');
    expect(message).toContain(`${one!.url} is syncing; ${two!.url} is unreachable`);
    expect(nodes.best()).toBeNull();
  });

  it('is the truth when all of them are optimistic', async () => {
    const [one, two] = await start(2);
    const { nodes } = worldOf([one!, two!]);
    await nodes.check();
    one!.optimisticAnswers = two!.optimisticAnswers = true;
    expect((await errorOf(nodes.ask(header('head')))).code).toBe('BEACON_NO_TRUTH');
  });

  it('"not found" comes only from all of them', async () => {
    const [one, two] = await start(2);
    const { nodes } = worldOf([one!, two!]);
    const missing = header(rootOf(7n) as Root);
    expect((await errorOf(nodes.ask(missing))).code).toBe('BEACON_NOT_FOUND');
    two!.instead.set(`/eth/v1/beacon/headers/${rootOf(7n)}`, json({}, 500));
    expect((await errorOf(nodes.ask(missing))).code).toBe('BEACON_UNREACHABLE');
  });
});

describe('what is known of the nodes', () => {
  it('is in the metrics, without credentials', async () => {
    const [one, two] = await start(2);
    two!.sync = { ...two!.sync, isSyncing: true, distance: 17n };
    const secret = { url: one!.url.replace('http://', 'http://user:s3cret@') };
    const { nodes, registry, log } = worldOf([secret, two!]);
    await nodes.check();
    const text = await registry.metrics();
    const line = (metric: string, node: ChainNode) =>
      text.split('\n').find((each) => each.startsWith(`vigil_beacon_${metric}{node="${node.url}"`));
    expect(line('node_truth', one!)).toMatch(/ 1$/);
    expect(line('node_truth', two!)).toMatch(/ 0$/);
    expect(line('node_selected', one!)).toMatch(/ 1$/);
    expect(line('node_score', one!)).toMatch(/ 100$/);
    expect(line('node_sync_distance_slots', two!)).toMatch(/ 17$/);
    expect(line('node_head_slot', one!)).toMatch(/ 100$/);
    expect(text + log.join('')).not.toContain('s3cret');
    one!.down = true;
    await nodes.check();
    // Not zero slots behind: not known.
    expect(await registry.metrics()).not.toContain(`node_sync_distance_slots{node="${one!.url}"`);
  });

  it('is logged when it changes, and only then', async () => {
    const [one] = await start(1);
    const { nodes, log } = worldOf([one!]);
    await nodes.check();
    await nodes.check();
    one!.sync.isSyncing = true;
    await nodes.check();
    await nodes.check();
    const said = log.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said).toEqual([
      'the beacon node is a source of truth',
      'the beacon node is no source of truth: syncing',
    ]);
  });

  it('names both networks when it is on another one, once for each', async () => {
    const [one] = await start(1);
    const { nodes, log } = worldOf([one!]);
    const specPath = '/eth/v1/config/spec';
    one!.genesisValidatorsRoot = rootOf(1n);
    one!.instead.set(specPath, json({ data: { CONFIG_NAME: 'elsewhere' } }));
    await nodes.check();
    await nodes.check();
    const { message } = await errorOf(nodes.ask(header('head')));
    expect(message).toContain(`it is of elsewhere (genesis validators root ${rootOf(1n)}, genesis at`);
    expect(message).toContain(
      `expected is ${spec.name} (genesis validators root ${spec.genesisValidatorsRoot},`,
    );
    // Without a name it is known by its root; and another one is told again.
    one!.genesisValidatorsRoot = rootOf(2n);
    one!.instead.set(specPath, json({}, 404));
    await nodes.check();
    await nodes.check();
    const said = log.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said).toEqual([
      expect.stringContaining('on the wrong network: it is of elsewhere (') as string,
      expect.stringContaining(
        `on the wrong network: it is of a network (genesis validators root ${rootOf(2n)}`,
      ) as string,
    ]);
    one!.genesisValidatorsRoot = spec.genesisValidatorsRoot;
    await nodes.check();
    expect((JSON.parse(log.at(-1)!) as { msg: string }).msg).toBe('the beacon node is a source of truth');
  });

  it('tells two nodes behind one host apart', async () => {
    const [one] = await start(1);
    const { nodes } = worldOf([{ url: `${one!.url}/key/aaa` }, { url: `${one!.url}/key/bbb` }]);
    expect(nodes.report().map(({ name }) => name)).toEqual([one!.url, `${one!.url}#2`]);
  });

  it('is looked at once by many who ask at the start', async () => {
    const [one] = await start(1);
    const { nodes } = worldOf([one!]);
    await Promise.all(Array.from({ length: 5 }, () => nodes.ask(header('head'))));
    expect(one!.calls('/eth/v1/node/syncing')).toBe(1);
  });
});
