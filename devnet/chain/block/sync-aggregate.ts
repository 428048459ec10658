import type { altair } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import { baseRewardPerIncrement, changeBalance, incrementOf, totalActiveBalance } from '../balances.ts';
import { blockRootAtSlot } from '../block-roots.ts';
import { signingRootAt, type ChainContext } from '../context.ts';
import { ensure } from '../invalid.ts';
import { proposerAt } from '../proposers.ts';
import { epochAt } from '../rules.ts';
import { DOMAINS } from '../seeds.ts';
import { validatorAt, type BeaconState } from '../state.ts';
import { PROPOSER_WEIGHT, SYNC_REWARD_WEIGHT, WEIGHT_DENOMINATOR } from '../weights.ts';

/** What a sync committee member signs: the root of the block before, as it is. */
export function syncMessageRoot(context: ChainContext, slot: number, blockRoot: string) {
  const objectRoot = fromHex(blockRoot, 'beacon_block_root', 32);
  return signingRootAt(context, DOMAINS.syncCommittee, epochAt(context.rules, slot), objectRoot);
}

/** `process_sync_aggregate`: position by position, a reward for a set bit and a penalty for a clear one. */
export function processSyncAggregate(
  context: ChainContext,
  state: BeaconState,
  aggregate: altair.SyncAggregate,
  verify: boolean,
): void {
  const { rules, signatures } = context;
  const bits = aggregate.syncCommitteeBits;
  if (verify) {
    const previousSlot = Math.max(state.slot, 1) - 1;
    const root = syncMessageRoot(context, previousSlot, blockRootAtSlot(state, previousSlot));
    const pubkeys = state.currentSyncCommittee
      .filter((_, position) => bits.get(position))
      .map((index) => validatorAt(state, index).pubkey);
    ensure(
      signatures.verify(root, pubkeys, aggregate.syncCommitteeSignature),
      'the sync aggregate is not signed by its members',
    );
  }
  const increments = totalActiveBalance(rules, state) / incrementOf(rules);
  const baseRewards = baseRewardPerIncrement(rules, state) * increments;
  const perSlot = (baseRewards * SYNC_REWARD_WEIGHT) / WEIGHT_DENOMINATOR / BigInt(rules.SLOTS_PER_EPOCH);
  const reward = perSlot / BigInt(rules.SYNC_COMMITTEE_SIZE);
  const proposerReward = (reward * PROPOSER_WEIGHT) / (WEIGHT_DENOMINATOR - PROPOSER_WEIGHT);
  const proposer = proposerAt(rules, state);
  state.currentSyncCommittee.forEach((validator, position) => {
    const hit = bits.get(position);
    changeBalance(state, validator, hit ? reward : -reward, 'sync');
    if (hit) changeBalance(state, proposer, proposerReward, 'proposer_sync');
    state.journal.sync.push({ slot: state.slot, validator, position, hit });
  });
}
