import { describe, expect, it } from 'vitest';
import { executionBlock } from '../../../../monitor/execution/execution-block.ts';
import { ExecutionNode, NODE_LIMITS } from '../../../../monitor/execution/execution-node.ts';
import { ExecutionNodes } from '../../../../monitor/execution/execution-nodes.ts';
import { quantity } from '../../../../monitor/execution/rpc-values.ts';
import { jsonServer, type Respond } from './json-server.ts';
import { blockOf, ordinary, OURS, rpcMethods, rpcServer, STRANGER, type World } from './payment-world.ts';

const WORLD: World = {
  feeRecipient: OURS,
  transactions: [ordinary, { ...ordinary, blobFee: 4n }, { ...ordinary, to: null }],
};
const ask = (node: ExecutionNode) => node.call('eth_blockNumber', [], quantity);
const refusal = async (respond: Respond, limits = NODE_LIMITS) => {
  const { url } = await jsonServer(respond);
  return expect(ask(new ExecutionNode(url, limits))).rejects;
};
const code = (name: string) => expect.objectContaining({ code: name }) as Error;

describe('answers that are none', () => {
  it.each([
    [
      'no JSON',
      (_: string, __: unknown, response: { end(text: string): unknown }) => void response.end('<html>'),
    ],
    ['a list', () => []],
    ['another id', () => ({ jsonrpc: '2.0', id: 99, result: '0x1' })],
    ['another protocol', () => ({ jsonrpc: '1.0', id: 1, result: '0x1' })],
    ['neither result nor error', () => ({ jsonrpc: '2.0', id: 1 })],
    ['a number', () => ({ jsonrpc: '2.0', id: 1, result: 1 })],
    ['a decimal', () => ({ jsonrpc: '2.0', id: 1, result: '12' })],
    ['leading zeros', () => ({ jsonrpc: '2.0', id: 1, result: '0x01' })],
    ['an empty quantity', () => ({ jsonrpc: '2.0', id: 1, result: '0x' })],
    ['more than a uint256', () => ({ jsonrpc: '2.0', id: 1, result: `0x1${'0'.repeat(64)}` })],
  ] as [string, Respond][])('%s', async (_name, respond) => {
    await (await refusal(respond)).toThrow(code('EXECUTION_BAD_ANSWER'));
  });

  it('nothing there', async () => {
    const answer = await refusal(() => ({ jsonrpc: '2.0', id: 1, result: null }));
    await answer.toThrow(code('EXECUTION_NOT_FOUND'));
  });

  it('an error, which may come with any status', async () => {
    const answer = await refusal((_body, _request, response) => {
      response.statusCode = 400;
      return { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'missing trie node' } };
    });
    await answer.toThrow(/missing trie node/);
  });

  it.each([
    [503, 'EXECUTION_UNREACHABLE'],
    [429, 'EXECUTION_UNREACHABLE'],
    [401, 'EXECUTION_REFUSED'],
    [302, 'EXECUTION_REFUSED'],
  ])('status %i', async (status, name) => {
    const answer = await refusal((_body, _request, response) => {
      response.writeHead(status, { location: '/elsewhere' });
      return { jsonrpc: '2.0', id: 1, result: '0x1' };
    });
    await answer.toThrow(code(name));
  });

  it('one that never ends', async () => {
    const answer = await refusal((_body, _request, response) => void response.write('{'), {
      ...NODE_LIMITS,
      timeoutMs: 50,
    });
    await answer.toThrow(/no whole answer within 50 ms/);
  });

  it('one that is too long', async () => {
    const respond: Respond = () => ({ jsonrpc: '2.0', id: 1, result: '0x1', more: 'x'.repeat(1000) });
    await (await refusal(respond, { ...NODE_LIMITS, maxBytes: 500 })).toThrow(/longer than 500 bytes/);
    const { url } = await jsonServer(respond);
    await expect(ask(new ExecutionNode(url, { ...NODE_LIMITS, maxBytes: 2000 }))).resolves.toBe(1n);
  });
});

describe('addresses with secrets', () => {
  it('are used as they are and never shown', async () => {
    const { url, requests } = await jsonServer((_body, request) => ({
      ...{ jsonrpc: '2.0', id: 1 },
      error: {
        code: 1,
        message: `bad key ${request.url?.split('/').at(-1)} ${request.headers.authorization}`,
      },
    }));
    const secret = 'k0123456789abcdef';
    const node = new ExecutionNode(url.replace('http://', 'http://user:hunter22@') + `/v3/${secret}`);
    const error = (await ask(node).catch((caught: unknown) => caught)) as Error;
    expect(requests).toStrictEqual([
      { path: `/v3/${secret}`, authorization: `Basic ${btoa('user:hunter22')}` },
    ]);
    expect(error.message).toContain('bad key ***');
    expect(error.message).not.toContain(secret);
    expect(error.message).not.toContain(btoa('user:hunter22'));
  });
});

describe('blocks that cannot be right', () => {
  type Changed = Record<string, unknown>;
  const changedBlock = (change: Changed) => {
    const methods = rpcMethods(WORLD);
    const { eth_getBlockByHash: original } = methods;
    return {
      ...methods,
      eth_getBlockByHash: (p: unknown[]) => ({ ...(original!(p) as Changed), ...change }),
    };
  };
  const changedReceipt = (at: number, change: Changed) => {
    const methods = rpcMethods(WORLD);
    const receipts = methods['eth_getBlockReceipts']!([blockOf(WORLD).execution.blockHash]) as Changed[];
    return { ...methods, eth_getBlockReceipts: () => receipts.with(at, { ...receipts[at]!, ...change }) };
  };
  const other = `0x${'34'.repeat(32)}`;

  it.each([
    ['another hash', changedBlock({ hash: other })],
    ['another number', changedBlock({ number: '0x1' })],
    ['another fee recipient', changedBlock({ miner: STRANGER })],
    ['fewer transactions', changedBlock({ transactions: [] })],
    ['another gas used', changedBlock({ gasUsed: '0x1' })],
    ['no base fee', changedBlock({ baseFeePerGas: undefined })],
    ['a base fee nobody paid', changedBlock({ baseFeePerGas: '0xffffffff' })],
    ['a receipt of another block', changedReceipt(1, { blockHash: other })],
    ['a receipt of another transaction', changedReceipt(1, { transactionHash: other })],
    ['a receipt without its blob fee', changedReceipt(1, { blobGasPrice: undefined })],
    ['a receipt with a strange status', changedReceipt(0, { status: '0x2' })],
    ['no receipts', { ...rpcMethods(WORLD), eth_getBlockReceipts: () => [] }],
  ])('%s', async (_name, methods) => {
    const { url } = await rpcServer(methods);
    const asked = executionBlock(new ExecutionNode(url), blockOf(WORLD).execution);
    await expect(asked).rejects.toThrow(code('EXECUTION_BAD_ANSWER'));
  });

  it('and one that is', async () => {
    const { url } = await rpcServer(rpcMethods(WORLD));
    const block = await executionBlock(new ExecutionNode(url), blockOf(WORLD).execution);
    expect(block.transactions.map(({ to, blobFeeWei }) => [to, blobFeeWei])).toStrictEqual([
      [STRANGER, 0n],
      [STRANGER, 4n],
      [null, 0n],
    ]);
  });
});

describe('several nodes', () => {
  it('one that does not answer is left alone for a while', async () => {
    let now = 0;
    const down = new ExecutionNode('http://127.0.0.1:1');
    const { url } = await jsonServer((body) => ({
      ...{ jsonrpc: '2.0', id: (JSON.parse(body) as { id: number }).id, result: '0x5' },
    }));
    const asked: ExecutionNode[] = [];
    const nodes = new ExecutionNodes([down, new ExecutionNode(url)], () => now);
    const question = (node: ExecutionNode) => {
      asked.push(node);
      return ask(node);
    };
    for (now of [0, 29_999, 30_001]) expect(await nodes.ask(question)).toBe(5n);
    expect(asked.map((node) => node === down)).toStrictEqual([true, false, false, true, false]);
  });

  it('none at all', async () => {
    await expect(new ExecutionNodes([]).ask(ask)).rejects.toThrow(code('EXECUTION_UNREACHABLE'));
  });
});
