import { aggregateSignatures, PublicKey, verify } from '@chainsafe/blst';
import type { fulu } from '@lodestar/types';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toHex } from '../../../core/hex.ts';
import type { SimulationOptions } from '../../../devnet/simulation/create-simulation.ts';
import { compoundingCredentials, createSimulation } from './minimal-chain.ts';

const { ssz } = await import('@lodestar/types');
const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');
const { interopSecretKey } = await import('../../../devnet/chain/interop-keys.ts');
const { InvalidMessage } = await import('../../../devnet/chain/invalid.ts');
const { RealSignatures } = await import('../../../devnet/chain/signatures.ts');
const { RandomFaults, ScriptedFaults } = await import('../../../devnet/simulation/faults.ts');

const keys = new RealSignatures();
const ETH = 1_000_000_000n;
/** `SLOTS_PER_HISTORICAL_ROOT` of the minimal preset. */
const RING = 64;
type State = Omit<fulu.BeaconState, 'proposerLookahead'> & Partial<fulu.BeaconState>;

function chain(options: Partial<SimulationOptions> = {}) {
  const sim = createSimulation({
    ...{ preset: 'minimal', validators: 24, seed: 'roots', signatures: 'none' },
    ...options,
  });
  const node = new DevnetBeaconNode(sim);
  onTestFinished(() => node.close());
  const data = async <Data>(url: string): Promise<Data> =>
    (await node.server.inject({ method: 'GET', url })).json<{ data: Data }>().data;
  /** Out of the bytes of the answer, so that nothing of how the simulation got there is in it. */
  const state = async (id: number | string) => {
    const { headers, rawPayload } = await node.server.inject({
      ...{ method: 'GET', url: `/eth/v2/debug/beacon/states/${id}` },
      headers: { accept: 'application/octet-stream' },
    });
    const fork = headers['eth-consensus-version'] as 'electra' | 'fulu';
    const type = ssz[fork].BeaconState as unknown as typeof ssz.fulu.BeaconState;
    const value: State = type.deserialize(new Uint8Array(rawPayload));
    return { fork, value, root: toHex(type.hashTreeRoot(value as fulu.BeaconState)), type };
  };
  const rootOf = async (id: number | string) =>
    (await data<{ root: string }>(`/eth/v1/beacon/states/${id}/root`)).root;
  return { sim, data, state, rootOf };
}

const TROUBLE = {
  ...{ missedBlocks: 0.15, orphanedBlocks: 0.05, reorgs: 0.03, missedVotes: 0.06, lateVotes: 0.08 },
  ...{ wrongHeads: 0.05, wrongTargets: 0.04, missedSync: 0.05 },
};
const troubled = (seed: string) => ({ seed, faults: new RandomFaults(seed, TROUBLE) });
/** Field by field: the type remembers a root on the object, and would not see the change. */
const filled = ({ latestBlockHeader: header }: State, stateRoot: Uint8Array) => ({
  ...{ slot: header.slot, proposerIndex: header.proposerIndex, parentRoot: header.parentRoot },
  ...{ stateRoot, bodyRoot: header.bodyRoot },
});

describe('a state', () => {
  it('has the root that its block says, computed from its bytes, slot by slot and over the Fulu fork', async () => {
    const { sim, data, state, rootOf } = chain({ ...troubled('walk'), rules: { FULU_FORK_EPOCH: 9 } });
    sim.runEpochs(18);
    let blocks = 0;
    for (let slot = 0; slot <= sim.tree.head.slot; slot += 1) {
      const { root, value, fork } = await state(slot);
      expect([slot, await rootOf(slot), fork]).toEqual([slot, root, slot < 72 ? 'electra' : 'fulu']);
      expect(value.slot).toBe(slot);
      const block = sim.tree.canonicalAt(slot);
      if (block === undefined) continue;
      blocks += 1;
      expect([slot, toHex(block.signed.message.stateRoot)]).toEqual([slot, root]);
      const { header } = await data<{ header: { message: { state_root: string } } }>(
        `/eth/v1/beacon/headers/${slot}`,
      );
      expect(header.message.state_root).toBe(root);
    }
    expect(blocks).toBeGreaterThan(90);
    expect(blocks).toBeLessThan(sim.tree.head.slot);
  });

  it('of an empty slot is what process_slot makes of the one before', async () => {
    const faults = new ScriptedFaults().setBlock(12, 'missed').setBlock(13, 'missed');
    const { sim, state, rootOf } = chain({ faults });
    sim.runEpochs(2);
    const { value, root, type } = await state(11);
    expect(toHex(value.latestBlockHeader.stateRoot)).toMatch(/^0x0{64}$/);
    let previous = type.hashTreeRoot(value as fulu.BeaconState);
    expect(toHex(previous)).toBe(root);
    for (const slot of [11, 12]) {
      value.stateRoots[slot % RING] = previous;
      if (slot === 11) value.latestBlockHeader = filled(value, previous);
      value.blockRoots[slot % RING] = ssz.phase0.BeaconBlockHeader.hashTreeRoot(value.latestBlockHeader);
      value.slot = slot + 1;
      previous = type.hashTreeRoot(value as fulu.BeaconState);
      expect([slot + 1, toHex(previous)]).toEqual([slot + 1, await rootOf(slot + 1)]);
    }
    expect(sim.tree.canonicalAt(13)).toBeUndefined();
  });

  it('has the header that with its own root filled in is the block, and the next one’s parent', async () => {
    const { sim, state } = chain(troubled('headers'));
    sim.runEpochs(4);
    let parent = sim.tree.genesis.root;
    for (let slot = 1; slot <= sim.tree.head.slot; slot += 1) {
      const block = sim.tree.canonicalAt(slot);
      if (block === undefined) continue;
      expect(toHex(block.signed.message.parentRoot)).toBe(parent);
      const { value } = await state(slot);
      const stateRoot = block.signed.message.stateRoot;
      expect(value.latestBlockHeader.stateRoot).toEqual(new Uint8Array(32));
      parent = toHex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(filled(value, stateRoot)));
      expect(parent).toBe(block.root);
    }
  });

  it('remembers the roots of a round of slots, sums up the rounds, and mixes what was revealed', async () => {
    const { sim, state, rootOf } = chain(troubled('history'));
    sim.runEpochs(17);
    const { value } = await state(sim.tree.head.slot);
    const slots = Array.from({ length: RING }, (_, slot) => slot);
    const firstRound = {
      blockRoots: slots.map((slot) => Buffer.from(sim.tree.latestAt(slot).root.slice(2), 'hex')),
      stateRoots: await Promise.all(
        slots.map(async (slot) => Buffer.from((await rootOf(slot)).slice(2), 'hex')),
      ),
    };
    expect(value.historicalSummaries.length).toBe(2);
    const [first] = value.historicalSummaries;
    const { HistoricalBlockRoots, HistoricalStateRoots } = ssz.phase0;
    expect(toHex(first!.blockSummaryRoot)).toBe(
      toHex(HistoricalBlockRoots.hashTreeRoot(firstRound.blockRoots)),
    );
    expect(toHex(first!.stateSummaryRoot)).toBe(
      toHex(HistoricalStateRoots.hashTreeRoot(firstRound.stateRoots)),
    );
    for (let slot = sim.tree.head.slot - RING; slot < sim.tree.head.slot; slot += 1) {
      expect(toHex(value.blockRoots[slot % RING]!)).toBe(sim.tree.latestAt(slot).root);
      expect(toHex(value.stateRoots[slot % RING]!)).toBe(await rootOf(slot));
    }
    // Sixty-four epochs are the minimal preset's ring, so what has not come yet is as at genesis.
    expect(toHex(value.randaoMixes[40]!)).toBe(toHex(value.eth1Data.blockHash));
    for (const epoch of [3, 9, 16]) {
      const shown = (await state(Math.min(epoch * 8 + 7, sim.tree.head.slot))).value.randaoMixes[epoch]!;
      expect(toHex(value.randaoMixes[epoch]!)).toBe(toHex(shown));
    }
  });

  it('is the same as JSON, and says what the other endpoints say', async () => {
    const { sim, data, state } = chain({ ...troubled('json'), rules: { FULU_FORK_EPOCH: 1 } });
    sim.runEpochs(5);
    const { value, type } = await state('head');
    type Json = Record<string, unknown> & { finalized_checkpoint: unknown; validators: unknown[] };
    const json = await data<Json>('/eth/v2/debug/beacon/states/head');
    expect(json).toEqual(type.toJson(value as fulu.BeaconState));
    const at = '/eth/v1/beacon/states/head';
    expect(json.finalized_checkpoint).toEqual((await data<Json>(`${at}/finality_checkpoints`))['finalized']);
    expect(json['fork']).toEqual(await data(`${at}/fork`));
    expect(json['proposer_lookahead']).toEqual(await data(`${at}/proposer_lookahead`));
    const validators = await data<{ validator: unknown; balance: string }[]>(`${at}/validators`);
    expect(json.validators).toEqual(validators.map(({ validator }) => validator));
    expect(json['balances']).toEqual(validators.map(({ balance }) => balance));
    const genesis = await data<Record<string, string>>('/eth/v1/beacon/genesis');
    expect(json['genesis_validators_root']).toBe(genesis['genesis_validators_root']);
    expect(json['genesis_time']).toBe(genesis['genesis_time']);
  });
});

describe('what a state holds', () => {
  it('is the deposit as it was asked for, with its signature, and what a request leaves behind', async () => {
    const { sim, data, state } = chain({ withdrawalCredentials: compoundingCredentials });
    sim.runEpochs(1);
    const deposit = {
      pubkey: new Uint8Array(48).fill(0x91),
      withdrawalCredentials: new Uint8Array(32).fill(0x02),
      ...{ amount: Number(32n * ETH), signature: new Uint8Array(96).fill(0xab) },
    };
    sim.operations.requestDeposit({ ...deposit, index: 24n });
    sim.runSlot();
    const { value, root } = await state('head');
    expect(toHex(sim.tree.head.signed.message.stateRoot)).toBe(root);
    expect(value.depositRequestsStartIndex).toBe(24n);
    expect(value.pendingDeposits).toEqual([{ ...deposit, slot: sim.slot }]);
    const told = await data<{ signature: string }[]>('/eth/v1/beacon/states/head/pending_deposits');
    expect(told.map(({ signature }) => signature)).toEqual([toHex(deposit.signature)]);
    while (sim.headState().pendingDeposits.length > 0) sim.runSlot();
    const later = await state('head');
    expect(later.root).toBe(toHex(sim.tree.head.signed.message.stateRoot));
    expect(later.value.pendingDeposits).toEqual([]);
    expect(toHex(later.value.validators[24]!.pubkey)).toBe(toHex(deposit.pubkey));
  });

  it('is a sync committee whose sum verifies what all of them sign', async () => {
    const { state } = chain({ pubkey: (index) => keys.pubkeyOf(index) });
    const { value } = await state('genesis');
    const indexOf = new Map(value.validators.map(({ pubkey }, index) => [toHex(pubkey), index]));
    const message = new Uint8Array(32).fill(7);
    const signatures = value.currentSyncCommittee.pubkeys.map((pubkey) =>
      interopSecretKey(indexOf.get(toHex(pubkey))!).sign(message),
    );
    const sum = PublicKey.fromBytes(value.currentSyncCommittee.aggregatePubkey, true);
    expect(verify(message, sum, aggregateSignatures(signatures))).toBe(true);
    expect(verify(message, sum, aggregateSignatures(signatures.slice(1)))).toBe(false);
  });

  it('is the header of the latest payload, and one eth1 vote a block until the period is over', async () => {
    const { sim, state } = chain({ faults: new ScriptedFaults().setBlock(3, 'missed') });
    sim.runEpochs(3);
    const { value } = await state('head');
    const payload = sim.tree.head.signed.message.body.executionPayload;
    const { ExecutionPayload, ExecutionPayloadHeader } = ssz.electra;
    // A payload and its header have one root: that is what the header is for.
    expect(toHex(ExecutionPayloadHeader.hashTreeRoot(value.latestExecutionPayloadHeader))).toBe(
      toHex(ExecutionPayload.hashTreeRoot(payload)),
    );
    expect(value.eth1DataVotes.length).toBe(sim.slot - 1);
    sim.runEpochs(2);
    expect((await state('head')).value.eth1DataVotes.length).toBe(sim.slot - 31);
  });

  it('is nothing that a block with another state root can be built on', () => {
    const { sim } = chain({ external: Array.from({ length: 24 }, (_, index) => index) });
    sim.beginSlot();
    const message = sim.produceBlock({ randaoReveal: new Uint8Array(96), graffiti: new Uint8Array(32) });
    const signature = new Uint8Array(96);
    const wrong = Uint8Array.from(message.stateRoot, (byte, at) => (at === 31 ? byte ^ 1 : byte));
    const publish = (stateRoot: Uint8Array) => () =>
      sim.publishBlock({ message: { ...message, stateRoot }, signature });
    expect(publish(wrong)).toThrow(InvalidMessage);
    expect(sim.tree.head).toBe(sim.tree.genesis);
    publish(message.stateRoot)();
    expect(sim.tree.head.slot).toBe(1);
  });
});
