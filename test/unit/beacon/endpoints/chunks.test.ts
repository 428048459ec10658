/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call --
   recorded answers are read as they lie there: what their shape is, is what is under test */
import { describe, expect, it } from 'vitest';
import {
  attestationRewards,
  attesterDuties,
  liveness,
  syncDuties,
  syncRewards,
  validatorBalances,
  validators,
  type Call,
} from '../../../../beacon/index.ts';
import { epoch, parsePubkey, slot } from '../../../../core/units.ts';
import { recordingOf } from '../../../support/beacon-recorded.ts';
import { clientOf, failureOf, json, startBeaconServer } from '../../../support/beacon-server.ts';

const spec = recordingOf('electra-minimal').spec();
const indicesUpTo = (count: number): bigint[] => Array.from({ length: count }, (_, at) => BigInt(at));
const balanceOf = (index: string) => ({ index, balance: `${BigInt(index) * 1000n}` });

/** A node that knows balances of all validators, and tells how its answers were. */
const balances = (envelopes: object[] = []) =>
  startBeaconServer((request, response) => {
    const ids = JSON.parse(request.body) as string[];
    json({ data: ids.map(balanceOf), ...(envelopes.shift() ?? {}) })(request, response);
  });

describe('a long list of validators', () => {
  it('is asked for in parts of a thousand, each one once', async () => {
    const server = await balances();
    const { data } = await clientOf(server).ask(validatorBalances(slot(5n), indicesUpTo(2500)));
    expect(data).toEqual(indicesUpTo(2500).map((index) => ({ index, balanceGwei: index * 1000n })));
    expect(server.requests.map(({ body }) => (JSON.parse(body) as []).length)).toEqual([1000, 1000, 500]);
    expect(new Set(server.requests.map(({ method, url }) => `${method} ${url}`))).toEqual(
      new Set(['POST /eth/v1/beacon/states/5/validator_balances']),
    );
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('of those who voted is asked for in few parts, no body larger than that of a thousand pubkeys', async () => {
    const parts = { head: '1', target: '2', source: '3', inactivity: '0' };
    const server = await startBeaconServer((request, response) => {
      const ids = JSON.parse(request.body) as string[];
      const ideal = { effective_balance: `${32_000_000_000 + server.requests.length}`, ...parts };
      const total = ids.map((validator_index) => ({ validator_index, ...parts }));
      json({ data: { ideal_rewards: [ideal], total_rewards: total } })(request, response);
    });
    // The longest that indices are within anybody's lifetime.
    const indices = indicesUpTo(20_000).map((index) => 9_000_000n + index);
    const { data } = await clientOf(server).ask(attestationRewards(epoch(1n), indices));
    expect(data.total.map(({ validatorIndex }) => validatorIndex)).toEqual(indices);
    expect(data.ideal.size).toBe(3);
    expect(server.requests.map(({ body }) => (JSON.parse(body) as []).length)).toEqual([8192, 8192, 3616]);
    for (const { body } of server.requests) expect(body.length).toBeLessThan(101_000);
  });

  it('is as final as the least final part, and as optimistic as the most optimistic one', async () => {
    const told = async (...envelopes: object[]) => {
      const server = await balances(envelopes);
      const { finalized, executionOptimistic } = await clientOf(server).ask(
        validatorBalances('head', indicesUpTo(1500)),
      );
      return { finalized, executionOptimistic };
    };
    const yes = { finalized: true, execution_optimistic: false };
    expect(await told(yes, yes)).toEqual({ finalized: true, executionOptimistic: false });
    expect(await told(yes, { finalized: false })).toEqual({ finalized: false, executionOptimistic: false });
    expect(await told(yes, {})).toEqual({ finalized: null, executionOptimistic: false });
    expect(await told({ ...yes, execution_optimistic: true }, yes)).toEqual({
      finalized: true,
      executionOptimistic: true,
    });
  });

  it('fails as a whole when a part of it does', async () => {
    const server = await startBeaconServer((request, response) => {
      const ids = JSON.parse(request.body) as string[];
      json({ data: ids.map(balanceOf) }, ids.includes('1200') ? 500 : 200)(request, response);
    });
    expect((await failureOf(clientOf(server).ask(validatorBalances('head', indicesUpTo(1500))))).kind).toBe(
      'server',
    );
  });
});

describe('no validators at all', () => {
  const calls: [string, Call<unknown>][] = [
    ['validators', validators('head', [])],
    ['balances', validatorBalances('head', [])],
    ['attester duties', attesterDuties(epoch(1n), [], spec)],
    ['sync duties', syncDuties(epoch(1n), [])],
    ['liveness', liveness(epoch(1n), [])],
    ['attestation rewards', attestationRewards(epoch(1n), [])],
    ['sync rewards', syncRewards('head', [])],
  ];

  // To several of these endpoints an empty list means the million validators of the network.
  it.each(calls)('are not asked for: %s', async (_name, call) => {
    const server = await startBeaconServer(json({}, 500));
    await clientOf(server).ask(call);
    expect(server.requests).toEqual([]);
  });
});

describe('an answer about validators', () => {
  const ask = async (data: unknown[], indices: bigint[] = [1n, 2n]) => {
    const server = await startBeaconServer(json({ data }));
    return clientOf(server).ask(validatorBalances('head', indices));
  };

  it('may leave out unknown ones, in any order', async () => {
    const { data } = await ask([balanceOf('2'), balanceOf('1')], [1n, 2n, 3n]);
    expect(data.map(({ index }) => index)).toEqual([2n, 1n]);
  });

  it('is refused when it tells of others', async () => {
    const { message } = await failureOf(ask([balanceOf('1'), balanceOf('7')]));
    expect(message).toContain('tells of validator 7, which was not asked for');
  });

  it('is refused when it tells of one twice', async () => {
    const { message } = await failureOf(ask([balanceOf('1'), balanceOf('1')]));
    expect(message).toContain('tells of validator 1 twice');
  });

  it('is matched by pubkey too, however it is spelt', async () => {
    const recorded = recordingOf('electra-minimal').json('validators_ids_pubkey');
    const { pubkey } = recorded.data[0].validator;
    recorded.data[0].validator.pubkey = `0x${pubkey.slice(2).toUpperCase()}`;
    const server = await startBeaconServer(json(recorded));
    const { data } = await clientOf(server).ask(validators('head', [parsePubkey(pubkey, 'pubkey'), 9n]));
    expect(data[0]?.pubkey).toBe(pubkey);
    expect(JSON.parse(server.requests[0]!.body)).toEqual({ ids: [pubkey, '9'] });
  });
});
