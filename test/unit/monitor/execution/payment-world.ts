import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { parsePubkey, slot, type Root } from '../../../../core/units.ts';
import type { BlockFacts, ExecutionFacts, Withdrawal } from '../../../../monitor/model/block-facts.ts';
import { jsonServer, type JsonServer } from './json-server.ts';
import { transaction } from './rlp-encode.ts';

export const OURS = `0x${'aa'.repeat(20)}`;
export const BUILDER = `0x${'bb'.repeat(20)}`;
export const STRANGER = `0x${'cc'.repeat(20)}`;
export const PROPOSER = { index: 7, pubkey: parsePubkey(`0x${'99'.repeat(48)}`, 'pubkey') };
export const BASE_FEE = 1000n;

export interface Sent {
  readonly from: string;
  readonly to: string | null;
  readonly value: bigint;
  readonly gas: bigint;
  readonly tip: bigint;
  readonly failed?: boolean;
  readonly blobFee?: bigint;
}

/** A block as it happened, from which everybody's view of it is made. */
export interface World {
  readonly feeRecipient: string;
  readonly transactions: readonly Sent[];
  readonly withdrawals?: readonly Withdrawal[];
  /** By address, before the block; what nobody has is zero. */
  readonly before?: Readonly<Record<string, bigint>>;
  /** By address: what contracts moved. */
  readonly moved?: Readonly<Record<string, bigint>>;
}

export const ordinary: Sent = { from: STRANGER, to: STRANGER, value: 5n, gas: 21_000n, tip: 3n };
export const payment = (value: bigint, more: Partial<Sent> = {}): Sent => ({
  ...{ from: BUILDER, to: OURS, value, gas: 21_000n, tip: 0n },
  ...more,
});

const NUMBER = 1234n;
export const HASH = `0x${'12'.repeat(32)}` as Root;
const hashOf = (at: number): string => `0x${(at + 1).toString(16).padStart(64, '0')}`;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

export function blockOf({ feeRecipient, transactions, withdrawals = [] }: World) {
  const last = transactions.at(-1);
  const execution: ExecutionFacts = {
    ...{ blockNumber: NUMBER, blockHash: HASH, feeRecipient, transactions: transactions.length },
    lastTransaction: last === undefined ? null : transaction(2, { to: last.to, value: last.value }),
  };
  return { slot: slot(100n), execution, withdrawals } as unknown as BlockFacts & {
    execution: ExecutionFacts;
  };
}

/** What an account has after the block, worked out account by account. */
export function balanceAfter(world: World, address: string): bigint {
  let balance = (world.before?.[address] ?? 0n) + (world.moved?.[address] ?? 0n);
  for (const { from, to, value, gas, tip, failed, blobFee } of world.transactions) {
    if (from === address) balance -= gas * (BASE_FEE + tip) + (blobFee ?? 0n);
    if (world.feeRecipient === address) balance += gas * tip;
    if (failed === true) continue;
    if (from === address) balance -= value;
    if (to === address) balance += value;
  }
  for (const { address: to, amountGwei } of world.withdrawals ?? []) {
    if (to === address) balance += amountGwei * 10n ** 9n;
  }
  return balance;
}

type Method = (params: unknown[]) => unknown;
export const NO_METHOD = Symbol('method not found');

/** An execution node that tells the truth about one block, unless a method is replaced. */
export function rpcMethods(world: World): Record<string, Method> {
  const { transactions, feeRecipient } = world;
  const receipts = transactions.map(({ gas, tip, failed, blobFee }, at) => ({
    ...{ blockHash: HASH, transactionHash: hashOf(at), status: failed === true ? '0x0' : '0x1' },
    ...{ gasUsed: hex(gas), effectiveGasPrice: hex(BASE_FEE + tip) },
    ...(blobFee === undefined ? {} : { blobGasUsed: '0x1', blobGasPrice: hex(blobFee) }),
  }));
  return {
    eth_getBlockByHash: ([hash, full]) =>
      hash === HASH && full === true
        ? {
            ...{ hash: HASH, number: hex(NUMBER), miner: feeRecipient, baseFeePerGas: hex(BASE_FEE) },
            gasUsed: hex(transactions.reduce((sum, { gas }) => sum + gas, 0n)),
            transactions: transactions.map(({ from, to, value, blobFee }, at) => ({
              ...{ hash: hashOf(at), from, to, value: hex(value) },
              type: blobFee === undefined ? '0x2' : '0x3',
            })),
          }
        : null,
    eth_getBlockReceipts: ([hash]) => (hash === HASH ? receipts : null),
    eth_getTransactionReceipt: ([hash]) =>
      receipts.find(({ transactionHash }) => transactionHash === hash) ?? null,
    eth_getBalance: ([address, at]) => {
      if (at === hex(NUMBER)) return hex(balanceAfter(world, address as string));
      return at === hex(NUMBER - 1n) ? hex(world.before?.[address as string] ?? 0n) : null;
    },
  };
}

export function rpcServer(methods: Record<string, Method>): Promise<JsonServer> {
  return jsonServer((body) => {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
    const result = methods[method]?.(params) ?? null;
    const known = methods[method] !== undefined && result !== NO_METHOD;
    return known
      ? { jsonrpc: '2.0', id, result }
      : { jsonrpc: '2.0', id, error: { code: -32601, message: 'the method does not exist' } };
  });
}

/** Everything logged, as one text. */
export function recordingLog() {
  const lines: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8')));
  return { log: pino({ level: 'debug' }, stream), text: () => lines.join('') };
}

/** What a relay says of the block. */
export const bidTrace = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...{ slot: '100', parent_hash: `0x${'11'.repeat(32)}`, block_hash: HASH, block_number: '1234' },
  ...{ builder_pubkey: `0x${'77'.repeat(48)}`, proposer_pubkey: PROPOSER.pubkey },
  ...{ proposer_fee_recipient: OURS, gas_limit: '36000000', gas_used: '42000', value: '7', num_tx: '2' },
  ...changes,
});
