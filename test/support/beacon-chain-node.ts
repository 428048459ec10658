import type { ServerResponse } from 'node:http';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { json, startBeaconServer, type BeaconServer, type Handler } from './beacon-server.ts';

/** A root that can be told from others at a glance. */
export const rootOf = (number: bigint | number, kind = 'aa'): string =>
  `0x${kind}${number.toString(16).padStart(62, '0')}`;

export interface ToyHeader {
  readonly slot: bigint;
  readonly root: string;
  readonly parentRoot: string;
}

/**
 * A beacon node with a chain of headers, a state of health and a stream of events, all of it as the test likes. A real
 * HTTP server underneath.
 */
export interface ChainNode {
  readonly url: string;
  readonly server: BeaconServer;
  /** Answers of these paths, without the query, instead of its own. */
  readonly instead: Map<string, Handler>;
  /** Hangs up on everybody. */
  down: boolean;
  sync: { distance: bigint; isSyncing: boolean; isOptimistic: boolean; elOffline: boolean };
  optimisticAnswers: boolean;
  genesisValidatorsRoot: string;
  head: ToyHeader;
  finalizedEpoch: bigint;
  /** Topics it knows; asked for another one, it refuses all. */
  topics: readonly string[] | null;
  readonly streams: Set<ServerResponse>;
  /** A block on the head, or on `parentRoot`; told on the stream, unless it is `quiet`. */
  extend(slot: bigint, options?: { kind?: string; parentRoot?: string; quiet?: boolean }): ToyHeader;
  send(topic: string, data: unknown): void;
  calls(path: string): number;
}

export async function startChainNode(spec: ChainSpec, headSlot = 100n): Promise<ChainNode> {
  const headers = new Map<string, ToyHeader>();
  const streams = new Set<ServerResponse>();
  const add = (header: ToyHeader): ToyHeader => {
    headers.set(header.root, header);
    return header;
  };
  const isCanonical = (root: string): boolean => {
    for (let at: ToyHeader | undefined = node.head; at !== undefined; at = headers.get(at.parentRoot)) {
      if (at.root === root) return true;
    }
    return false;
  };
  const answer = (data: unknown): Handler =>
    json({ data, execution_optimistic: node.optimisticAnswers, finalized: false });
  const headerOf = (id: string): Handler => {
    const found = id === 'head' ? node.head : headers.get(id);
    if (found === undefined) return json({ code: 404, message: `No block found for id '${id}'` }, 404);
    const { slot, root, parentRoot } = found;
    return answer({
      root,
      canonical: isCanonical(root),
      header: {
        message: {
          slot: slot.toString(),
          proposer_index: '1',
          parent_root: parentRoot,
          state_root: rootOf(slot, '57'),
          body_root: rootOf(slot, 'b0'),
        },
        signature: '0x',
      },
    });
  };
  const stream: Handler = ({ url }, response) => {
    const asked = new URL(url, 'http://node').searchParams.get('topics')?.split(',') ?? [];
    if (node.topics === null) return json({ message: 'no events here' }, 404)({} as never, response);
    if (!asked.every((topic) => node.topics?.includes(topic))) {
      return json({ message: 'unknown topic' }, 400)({} as never, response);
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
  };
  const checkpoint = (epoch: bigint) => ({ epoch: epoch.toString(), root: rootOf(epoch, 'f1') });
  const server = await startBeaconServer((request, response) => {
    if (node.down) return void response.destroy();
    const path = request.url.split('?')[0]!;
    const own = (): Handler => {
      if (path === '/eth/v1/beacon/genesis') {
        return json({
          data: {
            genesis_time: spec.genesisTimeSeconds.toString(),
            genesis_validators_root: node.genesisValidatorsRoot,
          },
        });
      }
      if (path === '/eth/v1/node/syncing') {
        return json({
          data: {
            head_slot: node.head.slot.toString(),
            sync_distance: node.sync.distance.toString(),
            is_syncing: node.sync.isSyncing,
            is_optimistic: node.sync.isOptimistic,
            el_offline: node.sync.elOffline,
          },
        });
      }
      if (path.startsWith('/eth/v1/beacon/headers/')) return headerOf(path.split('/').at(-1)!);
      if (path.endsWith('/finality_checkpoints')) {
        const each = checkpoint(node.finalizedEpoch);
        return answer({ previous_justified: each, current_justified: each, finalized: each });
      }
      if (path === '/eth/v1/events') return stream;
      return json({ message: `no ${path}` }, 404);
    };
    (node.instead.get(path) ?? own())(request, response);
  });
  const node: ChainNode = {
    url: server.url,
    server,
    instead: new Map(),
    down: false,
    sync: { distance: 0n, isSyncing: false, isOptimistic: false, elOffline: false },
    optimisticAnswers: false,
    genesisValidatorsRoot: spec.genesisValidatorsRoot,
    head: add({ slot: headSlot, root: rootOf(headSlot), parentRoot: rootOf(headSlot - 1n) }),
    finalizedEpoch: 1n,
    topics: [
      'head',
      'block',
      'chain_reorg',
      'finalized_checkpoint',
      'proposer_slashing',
      'attester_slashing',
    ],
    streams,
    extend(slot, { kind = 'aa', parentRoot = node.head.root, quiet = false } = {}) {
      node.head = add({ slot, root: rootOf(slot, kind), parentRoot });
      if (!quiet) node.send('head', { slot: slot.toString(), block: node.head.root });
      return node.head;
    },
    send(topic, data) {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      for (const each of streams) each.write(`event: ${topic}\ndata: ${text}\n\n`);
    },
    calls: (path) => server.requests.filter(({ url }) => url.split('?')[0] === path).length,
  };
  return node;
}
