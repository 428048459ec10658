import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { slot, type Slot } from '../../../../core/units.ts';
import {
  AskAgain,
  ExecutionIncome,
  ExecutionNode,
  ExecutionNodes,
  Relays,
  type OpenPayments,
} from '../../../../monitor/execution/index.ts';
import type { ExecutionPayment } from '../../../../monitor/model/ledger-part.ts';
import { openStore } from '../../../../monitor/store/index.ts';
import { at, STORE_CHAIN, watched } from '../../../support/store-world.ts';
import { blockOf, ordinary, OURS, PROPOSER, recordingLog, rpcMethods, rpcServer } from './payment-world.ts';

const WORLD = { feeRecipient: OURS, transactions: [ordinary] };
const AT_ONCE = 2;

const unknown = (of: number): ExecutionPayment => ({
  ...{ validatorIndex: PROPOSER.index, slot: slot(BigInt(of)), amountWei: 0n, kind: 'vanilla' },
  ...{ method: 'none', confidence: 'unresolved', feeRecipient: OURS },
});

it('asks about a few at a time, in turns, and takes what is known by now', async () => {
  const { url } = await rpcServer(rpcMethods(WORLD));
  const nodes = new ExecutionNodes([new ExecutionNode(url)]);
  const income = new ExecutionIncome({ nodes, relays: new Relays([]), log: recordingLog().log });
  const asked: bigint[] = [];
  // Slots 3 and 4 are those that nobody will ever know.
  const gone = new Set([3n, 4n]);
  const folder = mkdtempSync(join(tmpdir(), 'vigil-ask-again-'));
  const store = openStore({ path: join(folder, 'monitor.sqlite'), chain: STORE_CHAIN });
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  store.watch([watched(PROPOSER.index)], at(0));
  for (const of of [3, 4, 5, 6, 7]) store.improvePayment(unknown(of));
  const open: OpenPayments = {
    next: (cursor) => store.query.payments({}, { confidence: 'unresolved' }, { cursor, limit: AT_ONCE }),
    improve: (payment) => store.improvePayment(payment),
    proposer: (index) => ({ index, pubkey: PROPOSER.pubkey, withdrawal: OURS }),
    blockAt(of: Slot) {
      asked.push(of);
      return Promise.resolve(gone.has(of) ? null : { ...blockOf(WORLD), slot: of });
    },
  };
  const again = new AskAgain(open, income, []);
  expect([await again.round(), await again.round(), await again.round()]).toEqual([0, 2, 1]);
  expect(asked).toEqual([3n, 4n, 5n, 6n, 7n]);
  const rows = store.query.payments({}, {}, {}).rows;
  expect(rows.map(({ slot: of, confidence }) => [of, confidence])).toEqual([
    ...[3n, 4n].map((of) => [of, 'unresolved']),
    ...[5n, 6n, 7n].map((of) => [of, 'exact']),
  ]);
  expect(rows.at(-1)).toMatchObject({ amountWei: 21_000n * 3n, method: 'receipts', feeRecipient: OURS });
  // And those that are not known are asked about once more.
  expect(await again.round()).toBe(0);
  expect(asked.slice(5)).toEqual([3n, 4n]);
});
