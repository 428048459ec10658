import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import {
  createBeaconMetrics,
  genesis,
  NodeAddress,
  NodeClient,
  syncing,
  type Call,
} from '../../../../beacon/index.ts';
import { apiRequest, simpleCall } from '../../../../beacon/node/call.ts';
import { CallSlots } from '../../../../beacon/node/call-slots.ts';
import { jittered } from '../../../../beacon/node/retry.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import {
  clientOf,
  failureOf,
  json,
  startBeaconServer,
  type Handler,
} from '../../../support/beacon-server.ts';

const recorded = recordingOf('electra-minimal');
const SYNCING = json(recorded.json('node_syncing'));
const RETRY = { attempts: 3, baseMs: 1, maxMs: 2 };

/** These one after the other, the last one for ever. */
const inTurn = (...handlers: Handler[]): Handler => {
  let turn = 0;
  return (request, response) => handlers[Math.min(turn++, handlers.length - 1)]!(request, response);
};

const hangUp: Handler = (_request, response) => void response.destroy();

describe('a call is tried again', () => {
  it.each([
    ['a busy node', json({}, 503)],
    ['a proxy without its node', json({}, 502)],
    ['too many requests', json({}, 429)],
    ['a broken connection', hangUp],
  ])('after %s', async (_name, trouble) => {
    const server = await startBeaconServer(inTurn(trouble, trouble, SYNCING));
    const { data } = await clientOf(server, { retry: RETRY }).ask(syncing());
    expect(data.headSlot).toBe(68n);
    expect(server.requests).toHaveLength(3);
  });

  it('so often and no more', async () => {
    const server = await startBeaconServer(hangUp);
    expect((await failureOf(clientOf(server, { retry: RETRY }).ask(syncing()))).kind).toBe('network');
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['what the node does not have', json({}, 404)],
    ['what it cannot compute', json({}, 500)],
    ['what it refuses', json({}, 400)],
    ['an answer that is wrong', json({ data: 5 })],
  ])('but not for %s', async (_name, answer) => {
    const server = await startBeaconServer(answer);
    await failureOf(clientOf(server, { retry: RETRY }).ask(syncing()));
    expect(server.requests).toHaveLength(1);
  });

  it('but not when it would do something twice', async () => {
    const server = await startBeaconServer(hangUp);
    const request = { ...apiRequest('getSyncingStatus'), idempotent: false };
    const once: Call<null> = simpleCall(request, () => ({
      data: null,
      executionOptimistic: false,
      finalized: null,
    }));
    await failureOf(clientOf(server, { retry: RETRY }).ask(once));
    expect(server.requests).toHaveLength(1);
  });

  it('after a pause that is random, grows, and has a bound', () => {
    const policy = { attempts: 9, baseMs: 100, maxMs: 3000 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const pause = jittered(policy, attempt, () => random);
          expect(pause).toBeGreaterThanOrEqual(0);
          expect(pause).toBeLessThanOrEqual(Math.min(3000, 100 * 2 ** (attempt - 1)));
        },
      ),
    );
    expect([1, 2, 3, 9].map((attempt) => jittered(policy, attempt, () => 1))).toEqual([100, 200, 400, 3000]);
  });
});

it('so many calls run at a time and no more, in the order they came', async () => {
  const slots = new CallSlots(3);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const calls = Array.from({ length: 10 }, (_, at) =>
    slots.run(async () => {
      started.push(at);
      await new Promise<void>((resolve) => ends.push(resolve));
      return at;
    }),
  );
  for (let over = 0; over < 10; over += 1) {
    expect(started).toEqual([...Array(Math.min(10, over + 3)).keys()]);
    ends[over]!();
    await calls[over];
  }
  expect(await Promise.all(calls)).toEqual([...Array(10).keys()]);
});

it('everybody who waits gets an answer', async () => {
  const server = await startBeaconServer(SYNCING);
  const client = clientOf(server, { maxConcurrent: 3 });
  const answers = await Promise.all(Array.from({ length: 40 }, () => client.ask(syncing())));
  expect(answers.every(({ data }) => data.headSlot === 68n)).toBe(true);
});

it('a call that fails gives its place back', async () => {
  const server = await startBeaconServer(inTurn(hangUp, hangUp, SYNCING));
  const client = clientOf(server, { maxConcurrent: 1 });
  const calls = [client.ask(syncing()), client.ask(syncing()), client.ask(syncing())];
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

it('what happens is counted, by node and endpoint', async () => {
  const server = await startBeaconServer(inTurn(SYNCING, json({}, 404), json({ data: {} }), hangUp));
  const registry = new Registry();
  const metrics = createBeaconMetrics(registry).ofNode('one');
  const retry = { attempts: 1, baseMs: 0, maxMs: 0 };
  const client = new NodeClient(new NodeAddress(server.url), { retry }, metrics);
  interface Sample {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }
  const value = async (metric: string, labels: Record<string, string>) => {
    const { values } = await registry.getSingleMetric(`vigil_beacon_${metric}`)!.get();
    const same = ({ labels: of }: Sample) =>
      Object.entries(labels).every(([name, label]) => of[name] === label);
    return (values as unknown as Sample[]).find(same)?.value;
  };
  const endpoint = 'getSyncingStatus';
  const failures = async () => {
    const kinds = ['not-found', 'invalid', 'network', 'timeout'];
    return Promise.all(kinds.map((kind) => value('request_failures_total', { node: 'one', endpoint, kind })));
  };
  // From zero, or the first failure is no increase.
  expect(await failures()).toEqual([0, 0, 0, 0]);
  await client.ask(syncing());
  for (let times = 0; times < 3; times += 1) await failureOf(client.ask(syncing()));
  expect(await failures()).toEqual([1, 1, 1, 0]);
  expect(await value('requests_total', { node: 'one', endpoint })).toBe(4);
  expect(await value('requests_total', { node: 'one', endpoint: 'getGenesis' })).toBe(0);
  expect(await value('response_bytes_total', { node: 'one', endpoint })).toBe(
    JSON.stringify(recorded.json('node_syncing')).length + '{"data":{}}'.length,
  );
  expect(await value('request_seconds', { endpoint, le: '+Inf' })).toBe(4);
});

it('no credentials are in the name, nor in metrics that carry it', () => {
  const { name } = new NodeAddress('https://user:s3cret@node.example:8443/key/abc?token=xyz#frag');
  expect(name).toBe('https://node.example:8443');
});

it('asks for JSON only where it reads nothing else', async () => {
  const server = await startBeaconServer(json(recorded.json('genesis')));
  await clientOf(server).ask(genesis());
  expect(server.requests[0]).toMatchObject({
    method: 'GET',
    headers: { accept: 'application/json' },
    body: '',
  });
});
