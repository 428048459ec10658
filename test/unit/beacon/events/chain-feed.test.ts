import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BeaconNodes,
  ChainFeed,
  createBeaconMetrics,
  type ChainEvent,
  type ChainFeedOptions,
} from '../../../../beacon/index.ts';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { rootOf, startChainNode, type ChainNode } from '../../../support/beacon-chain-node.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import { json } from '../../../support/beacon-server.ts';

const spec = recordingOf('electra-minimal').spec();

/** Everything a feed told, and a way to wait for more of it. */
class Told {
  readonly events: ChainEvent[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly take = (event: ChainEvent): void => {
    this.events.push(event);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  async until(found: (events: ChainEvent[]) => boolean): Promise<ChainEvent[]> {
    while (!found(this.events)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.events;
  }

  /** In short: `head 101`, `gap 100-105`, … */
  async untilTold(...lines: string[]): Promise<void> {
    await this.until(() => lines.every((line) => this.lines.includes(line)));
  }

  get lines(): string[] {
    return this.events.map((event) => {
      switch (event.kind) {
        case 'head':
          return `head ${event.head.slot}`;
        case 'block':
          return `block ${event.block.slot}`;
        case 'gap':
          return `gap ${event.after?.slot ?? ''}-${event.head.slot}`;
        case 'reorg':
          return `reorg to ${event.newHead.slot}`;
        case 'finalized':
          return `finalized ${event.epoch}`;
        case 'slashing':
          return `${event.of} slashing`;
      }
    });
  }
}

interface World {
  readonly feed: ChainFeed;
  readonly nodes: BeaconNodes;
  readonly told: Told;
  readonly registry: Registry;
}

async function follow(toys: ChainNode[], options: Partial<ChainFeedOptions> = {}): Promise<World> {
  const genesisMs = Number(spec.genesisTimeSeconds) * 1000;
  const log = pino({ level: 'silent' });
  const registry = new Registry();
  const nodes = new BeaconNodes(
    {
      urls: toys.map(({ url }) => url),
      client: { retry: { attempts: 1, baseMs: 1, maxMs: 1 } },
      limits: { maxBehindClock: 1000n, maxBehindPeers: 1000n },
    },
    {
      spec,
      clock: new SlotClock(spec, () => genesisMs + 500 * spec.slotDurationMs),
      log,
      metrics: createBeaconMetrics(registry),
    },
  );
  await nodes.check();
  const told = new Told();
  const quick = {
    pollMs: 5,
    reconnect: { baseMs: 5, maxMs: 10 },
    refusedMs: 50,
    openTimeoutMs: 5000,
    idleMs: 5000,
  };
  const feed = new ChainFeed(nodes, { ...quick, ...options }, log, told.take);
  onTestFinished(async () => {
    await feed.stop();
    nodes.stop();
  });
  feed.start();
  return { feed, nodes, told, registry };
}

/** Once the stream stands and its first look at the head is told. */
async function followed(node: ChainNode, options: Partial<ChainFeedOptions> = {}, others: ChainNode[] = []) {
  const world = await follow([node, ...others], options);
  await world.told.untilTold('finalized 1');
  return world;
}

describe('a feed that streams', () => {
  it('tells what comes, as it comes', async () => {
    const node = await startChainNode(spec);
    const { told } = await followed(node, { pollMs: 60_000 });
    expect(told.lines).toEqual(['gap -100', 'head 100', 'finalized 1']);
    node.extend(101n);
    node.send('block', { slot: '102', block: rootOf(102n), execution_optimistic: false });
    node.send('attester_slashing', { attestation_1: {}, attestation_2: {} });
    node.send('chain_reorg', {
      slot: '103',
      depth: '2',
      old_head_block: rootOf(101n),
      new_head_block: rootOf(103n),
    });
    node.send('finalized_checkpoint', { block: rootOf(9n), state: rootOf(9n), epoch: '2' });
    await told.untilTold('finalized 2');
    expect(told.lines.slice(3)).toEqual([
      'head 101',
      'block 102',
      'attester slashing',
      'reorg to 103',
      'head 103',
      'finalized 2',
    ]);
    // One connection, and one look at the head when it was made.
    expect([node.calls('/eth/v1/events'), node.calls('/eth/v1/beacon/headers/head')]).toEqual([1, 1]);
  });

  it('after a broken connection tells what it has missed before it goes on', async () => {
    const node = await startChainNode(spec);
    // Polling would hide that the catch-up works.
    const { told } = await followed(node, { pollMs: 60_000 });
    node.extend(101n);
    await told.untilTold('head 101');
    for (const at of [102n, 103n, 105n]) node.extend(at, { quiet: true });
    node.server.dropConnections();
    await told.untilTold('head 105');
    await waitFor(() => node.streams.size === 1);
    node.extend(106n);
    await told.untilTold('head 106');
    expect(told.lines.slice(3)).toEqual(['head 101', 'gap 101-105', 'head 105', 'head 106']);
  });

  it('after a broken connection tells of a reorganisation that it has missed', async () => {
    const node = await startChainNode(spec);
    const { told } = await followed(node, { pollMs: 60_000 });
    node.extend(101n);
    await told.untilTold('head 101');
    node.extend(102n, { quiet: true, kind: 'bb', parentRoot: rootOf(100n) });
    node.extend(103n, { quiet: true, kind: 'bb' });
    node.server.dropConnections();
    await told.untilTold('head 103');
    expect(told.lines.slice(4)).toEqual(['reorg to 103', 'gap 101-103', 'head 103']);
  });

  it('takes a connection without a sign of life for broken', async () => {
    const node = await startChainNode(spec);
    const { told } = await followed(node, { idleMs: 30, pollMs: 60_000 });
    await waitFor(() => node.calls('/eth/v1/events') >= 3);
    expect(told.lines).toEqual(['gap -100', 'head 100', 'finalized 1']);
  });

  it('ignores events that rest on an unverified payload, and tells the gap with the next one', async () => {
    const node = await startChainNode(spec);
    const { told } = await followed(node, { pollMs: 60_000 });
    node.send('head', { slot: '101', block: rootOf(101n), execution_optimistic: true });
    node.send('head', { slot: '102', block: rootOf(102n), execution_optimistic: false });
    await told.untilTold('head 102');
    expect(told.lines.slice(3)).toEqual(['gap 100-102', 'head 102']);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['a slot that is none', { slot: 'x', block: rootOf(1n) }],
    ['no root', { slot: '101' }],
    ['null', 'null'],
  ])('leaves a stream that says %s, and looks for itself', async (_name, data) => {
    const node = await startChainNode(spec);
    const { told, registry } = await followed(node);
    node.extend(101n, { quiet: true });
    node.send('head', data);
    await told.untilTold('head 101');
    expect(await registry.metrics()).toContain(
      `vigil_beacon_request_failures_total{node="${node.url}",endpoint="eventstream",kind="invalid"} 1`,
    );
  });

  it('moves to another node when its own is no source of truth any more', async () => {
    const [one, two] = [await startChainNode(spec), await startChainNode(spec)];
    const { told, nodes } = await followed(one, {}, [two]);
    expect([one.streams.size, two.streams.size]).toEqual([1, 0]);
    one.sync.isSyncing = true;
    await nodes.check();
    await waitFor(() => two.streams.size === 1 && one.streams.size === 0);
    two.extend(101n);
    await told.untilTold('head 101');
  });

  it('goes on when the one who listens stumbles', async () => {
    const node = await startChainNode(spec);
    const { told } = await followed(node, { pollMs: 60_000 });
    told.events.push = function push(...events: ChainEvent[]): number {
      Array.prototype.push.apply(this, events);
      throw new Error('stumbled');
    };
    node.extend(101n);
    node.extend(102n);
    await waitFor(() => told.lines.includes('head 102'));
  });
});

describe('a node that does not know a topic', () => {
  it('is asked for the others', async () => {
    const node = await startChainNode(spec);
    node.topics = ['head', 'finalized_checkpoint'];
    const { told } = await followed(node, { pollMs: 60_000 });
    await waitFor(() => node.streams.size === 1 && node.calls('/eth/v1/events') >= 8);
    node.extend(101n);
    await told.untilTold('head 101');
    const asked = node.server.requests
      .filter(({ url }) => url.startsWith('/eth/v1/events'))
      .map(({ url }) => url);
    expect(asked.at(-1)).toBe('/eth/v1/events?topics=head,finalized_checkpoint');
    // All at once, six alone, and the two that were taken.
    expect(asked).toHaveLength(8);
  });
});

describe('a feed without a stream', () => {
  it.each<[string, (node: ChainNode) => void]>([
    ['that does not exist', (node) => (node.topics = null)],
    ['that is refused, whatever the topic', (node) => (node.topics = [])],
    ['that is a page', (node) => node.instead.set('/eth/v1/events', json('<html>'))],
    ['that does not open', (node) => node.instead.set('/eth/v1/events', () => undefined)],
    [
      'that ends at once',
      (node) => node.instead.set('/eth/v1/events', (_request, response) => response.destroy()),
    ],
  ])('%s asks for the head again and again', async (_name, spoil) => {
    const node = await startChainNode(spec);
    spoil(node);
    const { told } = await followed(node, { openTimeoutMs: 20, reconnect: { baseMs: 40, maxMs: 40 } });
    node.extend(101n, { quiet: true });
    await told.untilTold('head 101');
    node.extend(104n, { quiet: true });
    node.finalizedEpoch = 2n;
    await told.untilTold('head 104', 'finalized 2');
    // By its parent the head follows: the slots between are empty.
    const ofHeads = () => told.lines.filter((line) => !line.startsWith('finalized'));
    expect(ofHeads()).toEqual(['gap -100', 'head 100', 'head 101', 'head 104']);
    node.extend(105n, { quiet: true, kind: 'bb', parentRoot: rootOf(101n) });
    await told.untilTold('head 105');
    expect(ofHeads().slice(4)).toEqual(['reorg to 105', 'gap 104-105', 'head 105']);
  });

  it('streams again when the node does', async () => {
    const node = await startChainNode(spec);
    node.topics = null;
    const { told } = await followed(node, { refusedMs: 10 });
    node.topics = [
      'head',
      'block',
      'chain_reorg',
      'finalized_checkpoint',
      'proposer_slashing',
      'attester_slashing',
    ];
    await waitFor(() => node.streams.size === 1);
    node.send('block', { slot: '101', block: rootOf(101n) });
    await told.untilTold('block 101');
  });

  it('waits while no node is a source of truth, and tells nothing', async () => {
    const node = await startChainNode(spec);
    node.sync.isSyncing = true;
    const { told, nodes } = await follow([node]);
    await waitFor(() => node.calls('/eth/v1/node/syncing') >= 1);
    expect(told.lines).toEqual([]);
    node.sync.isSyncing = false;
    await nodes.check();
    await told.untilTold('head 100');
    await waitFor(() => node.streams.size === 1);
  });

  it('ends when it is told to, wherever it is', async () => {
    for (const topics of [null, [], ['head']]) {
      const node = await startChainNode(spec);
      node.topics = topics;
      const { feed } = await follow([node], { refusedMs: 60_000, pollMs: 60_000 });
      await waitFor(() => node.calls('/eth/v1/events') >= 1);
      await feed.stop();
      expect(node.streams.size === 0 || topics !== null).toBe(true);
    }
  });
});

/** Looks again after each turn of the event loop; the time limit of the test is the only one. */
async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}
