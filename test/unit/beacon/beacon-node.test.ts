import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BeaconNode } from '../../../beacon/beacon-node.ts';
import { gaveNoAnswer } from '../../../beacon/errors.ts';
import { chainSpecFromNode } from '../../../core/chain/load-chain-spec.ts';
import { VigilError } from '../../../core/errors.ts';
import { RECORDED_HEAD_SLOT, startBeaconNode } from '../../support/signer-beacon-node.ts';

const GENESIS = '/eth/v1/beacon/genesis';
const SYNCING = '/eth/v1/node/syncing';

/** The error of a call that must fail, with everything that could end up in a log. */
async function failureOf(call: Promise<unknown>): Promise<VigilError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VigilError);
  return error as VigilError;
}

/** What a logger could print of an error, its causes included. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name)));
  return [...own, everythingOf(error.cause)].join('\n');
}

describe('a beacon node', () => {
  it('tells genesis, configuration and its clock as a real one does', async () => {
    const { url } = await startBeaconNode();
    const node = new BeaconNode(url);
    const genesis = await node.genesis();
    expect(genesis).toEqual({
      genesisTimeSeconds: 1_795_218_492n,
      genesisValidatorsRoot: '0x05d79a31a8e69ecd78114c50ce73116be33027d8431b82fff6c0b3cd9c2cbb1f',
    });
    const values = await node.spec();
    expect(values).toMatchObject({ PRESET_BASE: 'minimal', ELECTRA_FORK_VERSION: '0x05000001' });
    expect(Object.values(values).every((value) => typeof value === 'string')).toBe(true);
    const spec = chainSpecFromNode(values, genesis);
    expect(spec).toMatchObject({ presetBase: 'minimal', slotDurationMs: 2000, slotsPerEpoch: 8n });
    expect((await node.syncing()).currentSlot).toBe(RECORDED_HEAD_SLOT);
  });

  it('adds its distance from the head to the head', async () => {
    const tiny = await startBeaconNode();
    tiny.setClock(1000n, 300n);
    expect(await new BeaconNode(tiny.url).syncing()).toMatchObject({ currentSlot: 1000n });
  });

  it.each(['', '/'])('may live under a path of its own, with "%s" at its end', async (end) => {
    const { url } = await startBeaconNode('/some/node');
    expect((await new BeaconNode(url + end).syncing()).currentSlot).toBe(RECORDED_HEAD_SLOT);
  });
});

describe('a beacon node that cannot be used', () => {
  it.each([
    [404, 'BEACON_NOT_FOUND'],
    [401, 'BEACON_REFUSED'],
    [302, 'BEACON_REFUSED'],
    [500, 'BEACON_UNREACHABLE'],
    [503, 'BEACON_UNREACHABLE'],
  ])('gives no answer when it answers %i: %s', async (status, expected) => {
    const tiny = await startBeaconNode();
    tiny.answer(GENESIS, { data: {} }, status);
    const failure = await failureOf(new BeaconNode(tiny.url).genesis());
    expect(failure.code).toBe(expected);
    expect(failure.message).toContain(`status ${status}`);
    expect(gaveNoAnswer(failure)).toBe(true);
  });

  it('is unreachable when nobody listens', async () => {
    const tiny = await startBeaconNode();
    await tiny.close();
    expect((await failureOf(new BeaconNode(tiny.url).syncing())).code).toBe('BEACON_UNREACHABLE');
  });

  it('is unreachable when it hangs up in the middle', async () => {
    const server = createServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"data":'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { code } = await failureOf(new BeaconNode(`http://127.0.0.1:${port}`).genesis());
    expect(code).toBe('BEACON_UNREACHABLE');
  });

  const root = `0x${'11'.repeat(32)}`;
  it.each([
    ['no data', {}],
    ['data of another kind', { data: [] }],
    ['a time as number', { data: { genesis_time: 5, genesis_validators_root: root } }],
    ['no root', { data: { genesis_time: '5' } }],
    ['null', null],
    ['an array', []],
  ])('gives a bad answer: %s', async (_name, body) => {
    const tiny = await startBeaconNode();
    tiny.answer(GENESIS, body);
    const { code, message } = await failureOf(new BeaconNode(tiny.url).genesis());
    expect(code).toBe('BEACON_BAD_ANSWER');
    expect(message).toContain(`${tiny.url}/eth/v1/beacon/genesis`);
  });

  it.each([
    ['a time that is no integer', { genesis_time: '1e3', genesis_validators_root: root }],
    ['a root that is too short', { genesis_time: '5', genesis_validators_root: root.slice(0, -2) }],
  ])('gives a bad answer: %s', async (_name, data) => {
    const tiny = await startBeaconNode();
    tiny.answer(GENESIS, { data });
    expect((await failureOf(new BeaconNode(tiny.url).genesis())).code).toBe('BEACON_BAD_ANSWER');
  });

  it('gives a bad answer: a slot that is no integer', async () => {
    const tiny = await startBeaconNode();
    tiny.answer(SYNCING, { data: { head_slot: '-1', sync_distance: '0' } });
    expect((await failureOf(new BeaconNode(tiny.url).syncing())).code).toBe('BEACON_BAD_ANSWER');
  });

  it('gives a bad answer: a page that is no JSON', async () => {
    const tiny = await startBeaconNode();
    tiny.answer(GENESIS, '<html>welcome</html>');
    expect((await failureOf(new BeaconNode(tiny.url).genesis())).code).toBe('BEACON_BAD_ANSWER');
  });
});

describe('credentials in the URL of a beacon node', () => {
  const withUser = (url: string, user: string): string => url.replace('http://', `http://${user}@`);
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['user:s3cret', 'user:s3cret'],
    ['user', 'user:'],
    ['us%40er:s%3Acr%2Fet', 'us@er:s:cr/et'],
    [':s3cret', ':s3cret'],
    ['user:100%', 'user:100%'],
  ])('%s are sent as Basic authorization', async (inUrl, sent) => {
    const tiny = await startBeaconNode();
    await new BeaconNode(withUser(tiny.url, inUrl)).genesis();
    expect(tiny.requests[0]?.headers.authorization).toBe(basic(sent));
    expect(tiny.requests[0]?.url).toBe(GENESIS);
  });

  it('are not made up where there are none', async () => {
    const tiny = await startBeaconNode();
    await new BeaconNode(tiny.url).genesis();
    expect(tiny.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('are not in the name', () => {
    expect(new BeaconNode('https://user:s3cret@node.example:8443/path').name).toBe(
      'https://node.example:8443',
    );
  });

  it.each(['user:s3cret', ':s3cret', 's3cret'])('%s are in no error, whatever goes wrong', async (user) => {
    const tiny = await startBeaconNode();
    const node = new BeaconNode(withUser(tiny.url, user));
    const failures: unknown[] = [];
    const note = async (call: Promise<unknown>) => {
      await call.catch((error: unknown) => failures.push(error));
    };
    tiny.answer(GENESIS, {}, 401);
    await note(node.genesis());
    tiny.answer(GENESIS, { data: 5 });
    await note(node.genesis());
    tiny.answer(GENESIS, 'no JSON');
    await note(node.genesis());
    await tiny.close();
    await note(node.genesis());
    expect(failures).toHaveLength(4);
    for (const failure of failures) {
      expect(everythingOf(failure)).not.toContain('s3cret');
      expect(everythingOf(failure)).not.toContain(Buffer.from('s3cret').toString('base64').slice(0, 6));
    }
  });
});
