import { describe, expect, it } from 'vitest';
import { ExecutionIncome } from '../../../../monitor/execution/execution-income.ts';
import { ExecutionNode } from '../../../../monitor/execution/execution-node.ts';
import { ExecutionNodes } from '../../../../monitor/execution/execution-nodes.ts';
import type { Recipients } from '../../../../monitor/execution/judge-payment.ts';
import { Relay } from '../../../../monitor/execution/relay.ts';
import { Relays } from '../../../../monitor/execution/relays.ts';
import { jsonServer } from './json-server.ts';
import {
  bidTrace,
  blockOf,
  BUILDER,
  HASH,
  NO_METHOD,
  ordinary,
  OURS,
  payment,
  PROPOSER,
  recordingLog,
  rpcMethods,
  rpcServer,
  STRANGER,
  type World,
} from './payment-world.ts';

const known: Recipients = { configured: new Set([OURS]), withdrawal: null };
const unknown: Recipients = { configured: new Set<string>(), withdrawal: null };
const VANILLA: World = {
  feeRecipient: OURS,
  transactions: [ordinary, { ...ordinary, gas: 50_000n, tip: 7n }],
};
const FEES = 21_000n * 3n + 50_000n * 7n;
const BUILT: World = { feeRecipient: BUILDER, transactions: [ordinary, payment(10n ** 17n)] };

function ask(
  world: World,
  urls: readonly string[] = [],
  recipients = known,
  relayUrls: readonly string[] = [],
) {
  const { log, text } = recordingLog();
  const nodes = new ExecutionNodes(urls.map((url) => new ExecutionNode(url)));
  const relays = new Relays(relayUrls.map((url) => new Relay(url)));
  const answer = new ExecutionIncome({ nodes, relays, log }).paymentOf(blockOf(world), PROPOSER, recipients);
  return answer.then((paid) => ({ paid, logged: text() }));
}

describe('without any source', () => {
  it('fees of a block of our own are unresolved and not guessed', async () => {
    const { paid } = await ask(VANILLA);
    expect(paid).toStrictEqual({
      ...{ validatorIndex: 7, slot: 100n, amountWei: 0n, kind: 'vanilla', method: 'none' },
      ...{ confidence: 'unresolved', feeRecipient: OURS },
    });
  });

  it('a last transaction to us is probably the payment', async () => {
    const { paid } = await ask(BUILT);
    expect(paid).toMatchObject({ kind: 'mev', method: 'last-transaction', confidence: 'probable' });
    expect(paid).toMatchObject({ amountWei: 10n ** 17n, feeRecipient: OURS });
  });

  it('a last transaction to somebody else is not', async () => {
    const world = { ...BUILT, transactions: [payment(9n, { to: STRANGER })] };
    expect((await ask(world)).paid).toMatchObject({
      method: 'none',
      confidence: 'unresolved',
      amountWei: 0n,
    });
    expect((await ask(world, [], unknown)).paid).toMatchObject({ method: 'none', amountWei: 0n });
  });

  it('a block without transactions paid nothing, for certain', async () => {
    const { paid } = await ask({ feeRecipient: OURS, transactions: [] });
    expect(paid).toMatchObject({ method: 'receipts', confidence: 'exact', amountWei: 0n });
  });
});

it('that no fee recipient is configured is said once, and other doubts as before', async () => {
  const { log, text } = recordingLog();
  const { url } = await rpcServer(rpcMethods(VANILLA));
  const nodes = new ExecutionNodes([new ExecutionNode(url)]);
  const income = new ExecutionIncome({ nodes, relays: new Relays([]), log });
  for (let blocks = 0; blocks < 3; blocks += 1) {
    const paid = await income.paymentOf(blockOf(VANILLA), PROPOSER, unknown);
    expect(paid).toMatchObject({ confidence: 'probable', amountWei: FEES });
  }
  expect(text().match(/no fee recipient is configured/g)).toHaveLength(1);
  expect(text()).toContain('--fee-recipient');
  expect(text()).not.toContain('what a block paid is not certain');
});

describe('with an execution node', () => {
  it('fees of a block of our own are exact', async () => {
    const { url } = await rpcServer(rpcMethods(VANILLA));
    const { paid, logged } = await ask(VANILLA, [url]);
    expect(paid).toMatchObject({ kind: 'vanilla', method: 'receipts', confidence: 'exact', amountWei: FEES });
    expect(logged).toBe('');
  });

  it('blob fees are burned', async () => {
    const world = { ...VANILLA, transactions: [...VANILLA.transactions, { ...ordinary, blobFee: 999n }] };
    const { url } = await rpcServer(rpcMethods(world));
    expect((await ask(world, [url])).paid).toMatchObject({ confidence: 'exact', amountWei: FEES + 63_000n });
  });

  it('receipts one by one, where the node has no others', async () => {
    const world = { ...VANILLA, transactions: Array.from({ length: 19 }, () => ordinary) };
    const { url } = await rpcServer({ ...rpcMethods(world), eth_getBlockReceipts: () => NO_METHOD });
    expect((await ask(world, [url])).paid).toMatchObject({ method: 'receipts', amountWei: 19n * 63_000n });
  });

  it('the payment of a builder is exact, and its fees are not ours', async () => {
    const { url } = await rpcServer(rpcMethods(BUILT));
    expect((await ask(BUILT, [url])).paid).toMatchObject({
      ...{ kind: 'mev', method: 'last-transaction', confidence: 'exact', amountWei: 10n ** 17n },
    });
  });

  it('a payment that failed is none', async () => {
    const world = { ...BUILT, transactions: [ordinary, payment(10n ** 17n, { failed: true })] };
    const { url } = await rpcServer(rpcMethods(world));
    expect((await ask(world, [url])).paid).toMatchObject({
      method: 'none',
      confidence: 'unresolved',
      amountWei: 0n,
    });
  });

  it('a last transaction to the fee recipient, which is ours, is neither counted nor certain', async () => {
    const world = { feeRecipient: OURS, transactions: [ordinary, payment(77n)] };
    const { url } = await rpcServer(rpcMethods(world));
    const { paid, logged } = await ask(world, [url]);
    expect(paid).toMatchObject({
      kind: 'vanilla',
      method: 'receipts',
      confidence: 'probable',
      amountWei: 63_000n,
    });
    expect(logged).toContain('77 wei');
  });

  it('the withdrawal address is ours too', async () => {
    const { url } = await rpcServer(rpcMethods(VANILLA));
    const recipients = { configured: new Set([STRANGER]), withdrawal: OURS };
    expect((await ask(VANILLA, [url], recipients)).paid).toMatchObject({
      confidence: 'exact',
      amountWei: FEES,
    });
  });

  it('without any address of ours, what it looks like is probable at most', async () => {
    const own = await rpcServer(rpcMethods(VANILLA));
    expect((await ask(VANILLA, [own.url], unknown)).paid).toMatchObject({
      ...{ kind: 'vanilla', method: 'receipts', confidence: 'probable', amountWei: FEES },
    });
    const built = await rpcServer(rpcMethods(BUILT));
    expect((await ask(BUILT, [built.url], unknown)).paid).toMatchObject({
      ...{ kind: 'mev', method: 'last-transaction', confidence: 'probable', amountWei: 10n ** 17n },
    });
  });

  it('addresses that are known and not in the block: nothing is claimed', async () => {
    const world = { feeRecipient: BUILDER, transactions: [ordinary] };
    const { url } = await rpcServer(rpcMethods(world));
    expect((await ask(world, [url])).paid).toMatchObject({ kind: 'mev', method: 'none', amountWei: 0n });
  });
});

describe('nodes that fail', () => {
  it('the next one is asked', async () => {
    const pruned = await rpcServer({ ...rpcMethods(VANILLA), eth_getBlockByHash: () => null });
    const good = await rpcServer(rpcMethods(VANILLA));
    const { paid } = await ask(VANILLA, ['http://127.0.0.1:1', pruned.url, good.url]);
    expect(paid).toMatchObject({ confidence: 'exact', amountWei: FEES });
    expect(pruned.requests.length).toBeGreaterThan(0);
  });

  it('all of them: what is left is said, without credentials', async () => {
    const { paid, logged } = await ask(BUILT, ['http://user:hunter22@127.0.0.1:1/v3/0123456789abcdef']);
    expect(paid).toMatchObject({ method: 'last-transaction', confidence: 'probable' });
    expect(logged).toContain('EXECUTION_UNREACHABLE');
    expect(logged).not.toMatch(/hunter22|0123456789abcdef/);
  });
});

describe('balances', () => {
  const askWith = async (world: World, relay: readonly unknown[] | null = null, recipients = known) => {
    const node = await rpcServer(rpcMethods(world));
    const relays = relay === null ? [] : [(await jsonServer(() => relay)).url];
    return ask(world, [node.url], recipients, relays);
  };

  it('own transactions, withdrawals and what others send are no income', async () => {
    const world: World = {
      feeRecipient: OURS,
      before: { [OURS]: 10n ** 19n },
      transactions: [
        { ...ordinary, from: OURS, to: STRANGER, value: 10n ** 18n, tip: 9n, blobFee: 4n },
        { ...ordinary, from: OURS, to: OURS, value: 3n, failed: true },
        { ...ordinary, to: OURS, value: 8n },
        ordinary,
      ],
      withdrawals: [
        { validatorIndex: 7, address: OURS, amountGwei: 12n },
        { validatorIndex: 2 ** 40 + 3, address: OURS, amountGwei: 5n },
        { validatorIndex: 8, address: STRANGER, amountGwei: 99n },
      ],
    };
    const { paid, logged } = await askWith(world);
    expect(paid).toMatchObject({ method: 'receipts', confidence: 'exact', amountWei: 21_000n * 18n });
    expect(logged).toBe('');
  });

  it('what searchers send inside transactions is income, and the difference is told', async () => {
    const { paid, logged } = await askWith({ ...VANILLA, moved: { [OURS]: 5000n } });
    expect(paid).toMatchObject({ kind: 'vanilla', method: 'balance-delta', confidence: 'probable' });
    expect(paid.amountWei).toBe(FEES + 5000n);
    expect(logged).toContain('rose by 5000 wei more');
  });

  it('a contract that passes fees on: fees, with a doubt', async () => {
    const { paid, logged } = await askWith({
      ...VANILLA,
      before: { [OURS]: 9000n },
      moved: { [OURS]: -9000n },
    });
    expect(paid).toMatchObject({ method: 'receipts', confidence: 'probable', amountWei: FEES });
    expect(logged).toContain('9000 wei less');
  });

  it('a builder that pays by contract is found', async () => {
    const world = { feeRecipient: BUILDER, transactions: [ordinary], moved: { [OURS]: 600n } };
    expect((await askWith(world)).paid).toMatchObject({
      ...{
        kind: 'mev',
        method: 'balance-delta',
        confidence: 'probable',
        amountWei: 600n,
        feeRecipient: OURS,
      },
    });
    expect((await askWith(world, [bidTrace({ value: '600' })])).paid).toMatchObject({
      ...{ kind: 'mev', method: 'relay', confidence: 'exact', amountWei: 600n },
    });
  });

  it('contracts that move something besides the payment: a doubt, unless a relay settles it', async () => {
    const world = { ...BUILT, moved: { [OURS]: 11n } };
    const { paid, logged } = await askWith(world);
    expect(paid).toMatchObject({ method: 'last-transaction', confidence: 'probable', amountWei: 10n ** 17n });
    expect(logged).toContain('contracts moved 11 wei');
    expect((await askWith(world, [bidTrace({ value: `${10n ** 17n}` })])).paid).toMatchObject({
      ...{ method: 'last-transaction', confidence: 'exact', amountWei: 10n ** 17n },
    });
  });

  it('two of our addresses that rose: unresolved', async () => {
    const both = { configured: new Set([OURS, STRANGER]), withdrawal: null };
    const world = { feeRecipient: BUILDER, transactions: [], moved: { [OURS]: 600n, [STRANGER]: 1n } };
    const { paid, logged } = await askWith(world, null, both);
    expect(paid).toMatchObject({ method: 'none', confidence: 'unresolved', amountWei: 0n });
    expect(logged).toContain('600 wei');
  });

  it('a relay that promised more than came', async () => {
    const world = { feeRecipient: BUILDER, transactions: [ordinary], moved: { [OURS]: 500n } };
    const { paid, logged } = await askWith(world, [bidTrace({ value: '600' })]);
    expect(paid).toMatchObject({ method: 'balance-delta', confidence: 'probable', amountWei: 500n });
    expect(logged).toContain('a difference of -100 wei');
    const nothing = { feeRecipient: BUILDER, transactions: [ordinary] };
    expect((await askWith(nothing, [bidTrace({ value: '600' })])).paid).toMatchObject({
      ...{ method: 'relay', confidence: 'unresolved', amountWei: 0n },
    });
  });

  it('the builder left our address in the block: fees, inside and last transaction together, once', async () => {
    const world: World = {
      feeRecipient: OURS,
      transactions: [ordinary, payment(1000n)],
      moved: { [OURS]: 30n },
    };
    const total = 63_000n + 1000n + 30n;
    expect((await askWith(world, [bidTrace({ value: total.toString() })])).paid).toMatchObject({
      ...{ kind: 'mev', method: 'balance-delta', confidence: 'exact', amountWei: total },
    });
    expect((await askWith(world, [bidTrace({ value: '1000' })])).paid).toMatchObject({
      ...{ kind: 'mev', confidence: 'probable', amountWei: total },
    });
  });

  it('a pruned state takes nothing away', async () => {
    const { url } = await rpcServer({ ...rpcMethods(VANILLA), eth_getBalance: () => NO_METHOD });
    expect((await ask(VANILLA, [url])).paid).toMatchObject({ method: 'receipts', confidence: 'exact' });
  });
});

describe('relays', () => {
  const relayed = async (world: World, answers: readonly unknown[]) => {
    const urls = await Promise.all(answers.map(async (answer) => (await jsonServer(() => answer)).url));
    return ask(world, [], known, urls);
  };
  const VALUE = (10n ** 17n).toString();
  const elsewhere = { feeRecipient: BUILDER, transactions: [ordinary] };

  it('asked for the block, and nothing else', async () => {
    const relay = await jsonServer(() => []);
    const withKey = relay.url.replace('http://', `http://0x${'ab'.repeat(48)}@`);
    await ask(BUILT, [], known, [withKey]);
    expect(relay.requests).toStrictEqual([
      {
        path: `/relay/v1/data/bidtraces/proposer_payload_delivered?block_hash=${HASH}`,
        authorization: undefined,
      },
    ]);
  });

  it('that agrees with the last transaction makes it exact', async () => {
    const { paid } = await relayed(BUILT, [[], [bidTrace({ value: VALUE })], [bidTrace({ value: VALUE })]]);
    expect(paid).toMatchObject({ method: 'last-transaction', confidence: 'exact', amountWei: 10n ** 17n });
  });

  it('that differs from it: the chain counts, the difference is told', async () => {
    const { paid, logged } = await relayed(BUILT, [[bidTrace({ value: '7' })]]);
    expect(paid).toMatchObject({ method: 'last-transaction', confidence: 'probable', amountWei: 10n ** 17n });
    expect(logged).toContain(`a difference of ${10n ** 17n - 7n} wei`);
  });

  it('alone is probable', async () => {
    const { paid } = await relayed(elsewhere, [[bidTrace({ value: '7' })]]);
    expect(paid).toMatchObject({ kind: 'mev', method: 'relay', confidence: 'probable', amountWei: 7n });
  });

  it('that contradict one another: the least, never exact', async () => {
    const { paid, logged } = await relayed(BUILT, [
      [bidTrace({ value: VALUE })],
      [bidTrace({ value: `${VALUE}0` })],
    ]);
    expect(paid).toMatchObject({ confidence: 'probable', amountWei: 10n ** 17n });
    expect(logged).toContain('relays differ');
  });

  it.each([
    ['another slot', [bidTrace({ slot: '101' })]],
    ['another block', [bidTrace({ block_hash: `0x${'13'.repeat(32)}` })]],
    ['another proposer', [bidTrace({ proposer_pubkey: `0x${'98'.repeat(48)}` })]],
    ['a value that is a number', [bidTrace({ value: 7 })]],
    ['a negative value', [bidTrace({ value: '-7' })]],
    ['two values', [bidTrace({ value: '7' }), bidTrace({ value: '8' })]],
    ['no list', { message: 'hello' }],
  ])('that tells of %s is not believed', async (_what, answer) => {
    const { paid, logged } = await relayed(elsewhere, [answer]);
    expect(paid).toMatchObject({ method: 'none', confidence: 'unresolved', amountWei: 0n });
    expect(logged).toContain('RELAY_BAD_ANSWER');
  });

  it('that are down do not hinder the others', async () => {
    const good = await jsonServer(() => [bidTrace({ value: '7' })]);
    const { paid, logged } = await ask(elsewhere, [], known, ['http://127.0.0.1:1', good.url]);
    expect(paid).toMatchObject({ method: 'relay', amountWei: 7n });
    expect(logged).toContain('RELAY_UNREACHABLE');
  });
});
