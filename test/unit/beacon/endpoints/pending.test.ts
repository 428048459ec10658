import { describe, expect, it, onTestFinished } from 'vitest';
import '../../devnet/minimal-chain.ts';
import {
  pendingConsolidations,
  pendingDeposits,
  pendingPartialWithdrawals,
} from '../../../../beacon/index.ts';
import { DevnetBeaconNode } from '../../../../devnet/api/beacon-node.ts';
import { clientOf, failureOf, json, startBeaconServer } from '../../../support/beacon-server.ts';
import { busyChain } from '../../monitor/ledger/busy-chain.ts';

const KEY = `0x${'0a'.repeat(48)}`;
const ROOT = `0x${'0b'.repeat(32)}`;
const deposit = { pubkey: KEY, withdrawal_credentials: ROOT, amount: '1', signature: '0x', slot: '0' };

describe('queues of a state', () => {
  it('are those that the chain has', async () => {
    const sim = busyChain({
      seed: 'queues',
      epochs: 9,
      operations: 1,
      rules: { SHARD_COMMITTEE_PERIOD: 0, MIN_VALIDATOR_WITHDRAWABILITY_DELAY: 20 },
    });
    const node = new DevnetBeaconNode(sim);
    onTestFinished(() => node.close());
    const client = clientOf({ url: await node.listen() });
    const state = sim.headState();
    const far = (number: number) => (number === Infinity ? 2n ** 64n - 1n : BigInt(number));
    expect((await client.ask(pendingDeposits('head'))).data).toEqual(
      state.pendingDeposits.map(({ pubkey, withdrawalCredentials, amount, slot }) => ({
        ...{ pubkey, withdrawalCredentials, amountGwei: amount, slot: BigInt(slot) },
      })),
    );
    expect((await client.ask(pendingConsolidations('head'))).data).toEqual(
      state.pendingConsolidations.map(({ sourceIndex, targetIndex }) => ({
        ...{ sourceIndex: BigInt(sourceIndex), targetIndex: BigInt(targetIndex) },
      })),
    );
    expect((await client.ask(pendingPartialWithdrawals('head'))).data).toEqual(
      state.pendingPartialWithdrawals.map(({ validatorIndex, amount, withdrawableEpoch }) => ({
        ...{ validatorIndex: BigInt(validatorIndex), amountGwei: amount },
        withdrawableEpoch: far(withdrawableEpoch),
      })),
    );
    expect(state.pendingDeposits.length).toBeGreaterThan(0);
    expect(state.pendingConsolidations.length).toBeGreaterThan(0);
    expect(state.pendingPartialWithdrawals.length).toBeGreaterThan(0);
  });

  it.each([
    [pendingDeposits('head'), [{ ...deposit, amount: '-1' }], 'data[0].amount'],
    [pendingDeposits('head'), [deposit, { ...deposit, pubkey: ROOT }], 'data[1].pubkey'],
    [pendingDeposits('head'), { 0: deposit }, 'data'],
    [pendingConsolidations('head'), [{ source_index: '1' }], 'data[0].target_index'],
    [pendingPartialWithdrawals('head'), [{ validator_index: '1', amount: '1.5' }], 'data[0].amount'],
  ])('are not believed when they are wrong: %#', async (call, data, field) => {
    const server = await startBeaconServer(json({ data }));
    const { code, message } = await failureOf(clientOf(server).ask<unknown>(call));
    expect([code, message]).toEqual(['BEACON_BAD_ANSWER', expect.stringContaining(field)]);
  });
});
