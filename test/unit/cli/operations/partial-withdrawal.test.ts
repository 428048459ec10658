import { expect, it } from 'vitest';
import { judgePartial, pendingOf } from '../../../../cli/operations/partial-withdrawal.ts';
import { epoch } from '../../../../core/units.ts';
import { clientOf, json, startBeaconServer, type Handler } from '../../../support/beacon-server.ts';
import { firstEpochOf, NETWORK } from '../../../support/signer-network.ts';

const ETH = 1_000_000_000n;

const judged = (balance: bigint, effective: bigint, amount: bigint, pending: bigint | null) =>
  judgePartial({ balanceGwei: balance, effectiveBalanceGwei: effective }, amount, pending);

it.each<[said: string, balance: bigint, effective: bigint, pending: bigint | null, problem: string]>([
  ['a balance of 32 ETH', 32n * ETH, 32n * ETH, 0n, 'no more than 32 ETH'],
  ['a balance that waits to be withdrawn', 40n * ETH, 40n * ETH, 8n * ETH, '32 ETH and the 8 ETH of partial'],
  ['more waiting than there is', 40n * ETH, 40n * ETH, 9n * ETH, '32 ETH and the 9 ETH of partial'],
  ['an effective balance below 32 ETH', 40n * ETH, 31n * ETH, 0n, 'effective balance is below'],
  ['a balance of 32 ETH and a queue that is not known', 32n * ETH, 32n * ETH, null, 'no more than 32 ETH'],
])('a request would be passed over with %s', (_said, balance, effective, pending, problem) => {
  const { problems } = judged(balance, effective, ETH, pending);
  expect(problems).toEqual([expect.stringContaining(problem)]);
});

it('one gwei above what is kept and what waits is enough', () => {
  expect(judged(40n * ETH + 1n, 40n * ETH, 1n, 8n * ETH)).toEqual({ problems: [], remarks: [] });
});

it('says how much less than was asked for it would be', () => {
  expect(judged(42n * ETH, 42n * ETH, 3n * ETH, 8n * ETH)).toEqual({
    problems: [],
    remarks: [expect.stringContaining('only 2 ETH')],
  });
});

it('says that what waits is not known', () => {
  expect(judged(42n * ETH, 42n * ETH, ETH, null)).toEqual({
    problems: [],
    remarks: [expect.stringContaining('not known')],
  });
});

async function pending(handler: Handler, at = epoch(firstEpochOf('electra'))) {
  const server = await startBeaconServer(handler);
  const asked = { nodes: clientOf(server), spec: NETWORK, currentEpoch: at };
  return { gwei: await pendingOf({ index: 7n }, asked), requests: server.requests.map(({ url }) => url) };
}

const queued = (index: string, amount: string) => ({
  ...{ validator_index: index, amount, withdrawable_epoch: '300' },
});

it('what waits is the sum over this validator alone', async () => {
  const data = [queued('7', '5'), queued('8', '100'), queued('7', '6')];
  const { gwei, requests } = await pending(json({ execution_optimistic: false, finalized: false, data }));
  expect(gwei).toBe(11n);
  expect(requests).toEqual(['/eth/v1/beacon/states/head/pending_partial_withdrawals']);
});

it.each([
  ['does not have it', json({ code: 404, message: 'no such route' }, 404)],
  ['fails', json({ code: 500, message: 'not supported' }, 500)],
  ['answers something else', json({ data: [{ validator_index: '7' }] })],
])('is not known of a node that %s', async (_said, handler) => {
  expect((await pending(handler)).gwei).toBe(null);
});

it('is nothing before Electra, where no node has a queue', async () => {
  const before = epoch(firstEpochOf('electra') - 1n);
  expect(await pending(json({ code: 404, message: 'no such route' }, 404), before)).toEqual({
    gwei: 0n,
    requests: [],
  });
});
