import { describe, expect, it } from 'vitest';
import { ExecutionIncome } from '../../../../monitor/execution/execution-income.ts';
import { ExecutionNode } from '../../../../monitor/execution/execution-node.ts';
import { ExecutionNodes } from '../../../../monitor/execution/execution-nodes.ts';
import type { Recipients } from '../../../../monitor/execution/judge-payment.ts';
import {
  blockOf,
  BUILDER,
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

function ask(world: World, urls: readonly string[] = [], recipients = known) {
  const { log, text } = recordingLog();
  const nodes = new ExecutionNodes(urls.map((url) => new ExecutionNode(url)));
  const answer = new ExecutionIncome({ nodes, log }).paymentOf(blockOf(world), PROPOSER, recipients);
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
    expect(pruned.requests).toHaveLength(1);
  });

  it('all of them: what is left is said, without credentials', async () => {
    const { paid, logged } = await ask(BUILT, ['http://user:hunter22@127.0.0.1:1/v3/0123456789abcdef']);
    expect(paid).toMatchObject({ method: 'last-transaction', confidence: 'probable' });
    expect(logged).toContain('EXECUTION_UNREACHABLE');
    expect(logged).not.toMatch(/hunter22|0123456789abcdef/);
  });
});
